import type { Kysely } from 'kysely';
import { storedDraftSchema } from '../session/fields.ts';
import type { StoredDraft } from '../session/fields.ts';
import type { ValueSource } from '../session/defaults.ts';
import { preferencesSchema } from '../session/preferences.ts';
import type { PreferenceLayers, Preferences } from '../session/preferences.ts';
import { json } from './json.ts';
import type { Tables } from './tables.ts';

/** Whose defaults: the workspace's, a channel's, a person's. */
export type DefaultsScope = Exclude<ValueSource, 'request'>;
export type DefaultsKey = { teamId: string; scope: DefaultsScope; scopeId: string };

export type Settings = ReturnType<typeof createSettings>;

/** A person in a channel of a workspace. */
type Place = { teamId: string; channelId: string; userId: string };

export function createSettings(db: Kysely<Tables>) {
  /** What is stored for the scopes that apply to a person in a channel. */
  async function stored(place: Place, column: 'draft' | 'preferences') {
    const ids = { workspace: place.teamId, channel: place.channelId, person: place.userId };
    const rows = await db
      .selectFrom('settings')
      .select(['scope', 'scope_id', column])
      .where('team_id', '=', place.teamId)
      .where('scope_id', 'in', Object.values(ids))
      .execute();
    return (scope: DefaultsScope): unknown => {
      const row = rows.find((candidate) => candidate.scope === scope && candidate.scope_id === ids[scope]);
      return row?.[column] ?? undefined;
    };
  }

  return {
    /** The layers that apply to a person in a channel. */
    async layersFor(place: Place): Promise<Partial<Record<DefaultsScope, StoredDraft>>> {
      const of = await stored(place, 'draft');
      const layerOf = (scope: DefaultsScope) => storedDraftSchema.optional().parse(of(scope));
      const [workspace, channel, person] = [layerOf('workspace'), layerOf('channel'), layerOf('person')];
      return { ...(workspace && { workspace }), ...(channel && { channel }), ...(person && { person }) };
    },

    async preferencesFor(place: Place): Promise<PreferenceLayers> {
      const of = await stored(place, 'preferences');
      const layerOf = (scope: DefaultsScope) => preferencesSchema.optional().parse(of(scope));
      const [workspace, channel, person] = [layerOf('workspace'), layerOf('channel'), layerOf('person')];
      return { ...(workspace && { workspace }), ...(channel && { channel }), ...(person && { person }) };
    },

    /** null: no defaults any more. */
    async set(
      { teamId, scope, scopeId }: DefaultsKey,
      draft: StoredDraft | null,
      updatedBy: string,
    ): Promise<void> {
      const value = { draft: json(draft), updated_by: updatedBy, updated_at: new Date() };
      await db
        .insertInto('settings')
        .values({ team_id: teamId, scope, scope_id: scopeId, ...value })
        .onConflict((conflict) => conflict.columns(['team_id', 'scope', 'scope_id']).doUpdateSet(value))
        .execute();
    },

    /** Replaces all that was preferred there. */
    async setPreferences(
      { teamId, scope, scopeId }: DefaultsKey,
      preferences: Preferences,
      updatedBy: string,
    ): Promise<void> {
      const value = { preferences: json(preferences), updated_by: updatedBy, updated_at: new Date() };
      await db
        .insertInto('settings')
        .values({ team_id: teamId, scope, scope_id: scopeId, ...value })
        .onConflict((conflict) => conflict.columns(['team_id', 'scope', 'scope_id']).doUpdateSet(value))
        .execute();
    },
  };
}
