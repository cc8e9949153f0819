import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { SETTING_SCOPES } from '../session/defaults.ts';
import type { SettingScope } from '../session/defaults.ts';
import { storedDraftSchema } from '../session/fields.ts';
import type { StoredDraft } from '../session/fields.ts';
import { preferencesSchema } from '../session/preferences.ts';
import type { Language, Preferences } from '../session/preferences.ts';
import { appendAudit } from './audit.ts';
import { json } from './database.ts';
import type { Person } from './identities.ts';
import type { Tables } from './tables.ts';

export type SettingKey = { teamId: string; scope: SettingScope; scopeId: string };

export type Settings = ReturnType<typeof createSettings>;

/** A person in a channel of a workspace. */
type Place = { teamId: string; channelId: string; userId: string };
type Layers<T> = Partial<Record<SettingScope, T>>;
type PreferenceLayers = Partial<Record<SettingScope | 'policy', Preferences>>;
type Column = 'draft' | 'preferences';
/** `what`: for the audit. */
type Change = Partial<Record<Column, string | null>> & { what: string; updatedBy: string };

export function createSettings(db: Kysely<Tables>) {
  /** What is stored for the scopes that apply to a person in a channel. */
  async function stored<T>(place: Place, column: Column, schema: z.ZodType<T>): Promise<Layers<T>> {
    const ids = { workspace: place.teamId, channel: place.channelId, person: place.userId };
    const rows = await db
      .selectFrom('settings')
      .select(['scope', 'scopeId', column])
      .where('teamId', '=', place.teamId)
      .where('scopeId', 'in', Object.values(ids))
      .execute();
    const layers: Layers<T> = {};
    for (const scope of SETTING_SCOPES) {
      const row = rows.find((candidate) => candidate.scope === scope && candidate.scopeId === ids[scope]);
      const value = row?.[column] ?? null;
      if (value !== null) layers[scope] = schema.parse(value);
    }
    return layers;
  }

  async function write(
    { teamId, scope, scopeId }: SettingKey,
    { what, updatedBy, ...columns }: Change,
  ): Promise<void> {
    const value = { ...columns, updatedBy, updatedAt: new Date() };
    await db.transaction().execute(async (trx) => {
      await trx
        .insertInto('settings')
        .values({ teamId, scope, scopeId, ...value })
        .onConflict((conflict) => conflict.columns(['teamId', 'scope', 'scopeId']).doUpdateSet(value))
        .execute();
      const channelId = scope === 'channel' ? scopeId : null;
      await appendAudit([{ kind: 'setting', userId: updatedBy, channelId, result: `${what}:${scope}` }], trx);
    });
  }

  return {
    /** The defaults that apply to a person in a channel. */
    layersFor: async (place: Place) => stored(place, 'draft', storedDraftSchema),
    preferencesFor: async (place: Place): Promise<PreferenceLayers> =>
      stored(place, 'preferences', preferencesSchema),
    /** The language that a person chose; null: as in Slack. */
    languageOf: async (person: Person): Promise<Language | null> =>
      (await stored({ ...person, channelId: '' }, 'preferences', preferencesSchema)).person?.language ?? null,

    /** null: removes the defaults. */
    set: async (key: SettingKey, draft: StoredDraft | null, updatedBy: string) =>
      write(key, { what: draftWords(draft), updatedBy, draft: json(draft) }),
    /** Replaces all that was preferred there. */
    setPreferences: async (key: SettingKey, preferences: Preferences, updatedBy: string) =>
      write(key, { what: preferenceWords(preferences), updatedBy, preferences: json(preferences) }),
  };
}

/** Which fields have a default now, not what it is. */
function draftWords(draft: StoredDraft | null): string {
  return `defaults(${Object.keys(draft ?? {}).join(',')})`;
}

function preferenceWords(preferences: Preferences): string {
  const set = Object.entries(preferences).map(([name, value]) => `${name}=${value}`);
  return `preferences(${set.join(',')})`;
}
