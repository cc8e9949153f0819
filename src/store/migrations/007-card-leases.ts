import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Who edits a card holds a lease, which is renewed, and no longer the card's row until a moment that may be too soon. */
export const cardLeases: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('session_requests').dropColumn('card_held_until').execute();
  },
};
