import type { Kysely } from 'kysely';
import { storedDraftSchema } from '../session/fields.ts';
import type { StoredDraft } from '../session/fields.ts';
import type { ValueSource } from '../session/defaults.ts';
import { json } from './json.ts';
import type { Tables } from './tables.ts';

/** Whose defaults: the workspace's, a channel's, a person's. */
export type DefaultsScope = Exclude<ValueSource, 'request'>;
export type DefaultsKey = { teamId: string; scope: DefaultsScope; scopeId: string };

export type Settings = ReturnType<typeof createSettings>;

export function createSettings(db: Kysely<Tables>) {
  return {
    /** The layers that apply to a person in a channel. */
    async layersFor(place: {
      teamId: string;
      channelId: string;
      userId: string;
    }): Promise<Partial<Record<DefaultsScope, StoredDraft>>> {
      const ids = { workspace: place.teamId, channel: place.channelId, person: place.userId };
      const rows = await db
        .selectFrom('settings')
        .select(['scope', 'scope_id', 'draft'])
        .where('team_id', '=', place.teamId)
        .where('scope_id', 'in', Object.values(ids))
        .execute();
      const layerOf = (scope: DefaultsScope): StoredDraft | undefined => {
        const row = rows.find((candidate) => candidate.scope === scope && candidate.scope_id === ids[scope]);
        return row === undefined || row.draft === null ? undefined : storedDraftSchema.parse(row.draft);
      };
      const [workspace, channel, person] = [layerOf('workspace'), layerOf('channel'), layerOf('person')];
      return { ...(workspace && { workspace }), ...(channel && { channel }), ...(person && { person }) };
    },

    async set({ teamId, scope, scopeId }: DefaultsKey, draft: StoredDraft, updatedBy: string): Promise<void> {
      const value = { draft: json(draft), updated_by: updatedBy, updated_at: new Date() };
      await db
        .insertInto('settings')
        .values({ team_id: teamId, scope, scope_id: scopeId, ...value })
        .onConflict((conflict) => conflict.columns(['team_id', 'scope', 'scope_id']).doUpdateSet(value))
        .execute();
    },
  };
}
