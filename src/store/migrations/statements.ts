import type { Kysely, RawBuilder } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A migration that runs these, in order. */
export function statements(...all: readonly RawBuilder<unknown>[]): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const one of all) await one.execute(db);
    },
  };
}
