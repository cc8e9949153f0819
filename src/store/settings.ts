import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import { SETTING_SCOPES, type SettingScope } from '../session/defaults.ts';
import { storedDraftSchema, type StoredDraft } from '../session/fields.ts';
import {
  effectivePreferences,
  preferencesSchema,
  type EffectivePreferences,
  type Language,
  type Preferences,
} from '../session/preferences.ts';
import { appendAudit } from './audit.ts';
import { inBatches } from './commit.ts';
import type { Person } from './identities.ts';
import { json, type Columns } from './sql.ts';
import type { Tables } from './store.ts';

export type SettingKey = { teamId: string; scope: SettingScope; scopeId: string };

/** Defaults of a workspace, a channel or a person, and what else they prefer. */
export type SettingsTable = Columns<
  SettingKey & {
    draft: StoredDraft | null;
    preferences: Preferences | null;
  }
>;

export type Settings = ReturnType<typeof createSettings>;

/** A person in a channel of a workspace. */
type SettingsPlace = { teamId: string; channelId: string; userId: string };
type Layers<T> = Partial<Record<SettingScope, T>>;
type Column = 'draft' | 'preferences';
/** `language`: null: as in Slack. */
type Chosen = Omit<Preferences, 'language'> & { language?: Language | null | undefined };
type WrittenSettings = string | null | RawBuilder<string>;
/** `what`: for the audit. */
type Change = { what: string; updatedBy: string; first: WrittenSettings; later: WrittenSettings };
/** People and conversations that are read in one statement. */
const MOST_TOGETHER = 50;
const KEY = ['teamId', 'scope', 'scopeId'] as const;

export function createSettings(db: Kysely<Tables>) {
  /** Read for each command: many at once share a statement. */
  const read = inBatches(async (places: SettingsPlace[]) => {
    const teamIds = new Set(places.map(({ teamId }) => teamId));
    const ids = new Set(places.flatMap(({ teamId, channelId, userId }) => [teamId, channelId, userId]));
    const rows = await db
      .selectFrom('settings')
      .select(['teamId', 'scope', 'scopeId', 'draft', 'preferences'])
      .where(sql<boolean>`team_id = any(${[...teamIds]}::text[])`)
      .where(sql<boolean>`scope_id = any(${[...ids]}::text[])`)
      .execute();
    return places.map(({ teamId }) => rows.filter((row) => row.teamId === teamId));
  }, MOST_TOGETHER);

  /** What is stored for the scopes that apply to a person in a channel. */
  async function stored<T>(place: SettingsPlace, column: Column, schema: z.ZodType<T>): Promise<Layers<T>> {
    const ids = { workspace: place.teamId, channel: place.channelId, person: place.userId };
    const rows = await read(place);
    const layers: Layers<T> = {};
    for (const scope of SETTING_SCOPES) {
      const row = rows.find((candidate) => candidate.scope === scope && candidate.scopeId === ids[scope]);
      const value = row?.[column] ?? null;
      if (value !== null) layers[scope] = schema.parse(value);
    }
    return layers;
  }

  /** `first`: the column's value if nothing is stored yet; `later`: if something is. */
  async function write(
    { teamId, scope, scopeId }: SettingKey,
    column: Column,
    { what, updatedBy, first, later }: Change,
  ): Promise<void> {
    const row = { teamId, scope, scopeId };
    await db.transaction().execute(async (trx) => {
      await trx
        .insertInto('settings')
        .values({ ...row, [column]: first })
        .onConflict((conflict) => conflict.columns(KEY).doUpdateSet({ ...row, [column]: later }))
        .execute();
      const channelId = scope === 'channel' ? scopeId : null;
      await appendAudit([{ kind: 'setting', userId: updatedBy, channelId, result: `${what}:${scope}` }], trx);
    });
  }

  return {
    /** The defaults that apply to a person in a channel. */
    layersFor: async (place: SettingsPlace) => stored(place, 'draft', storedDraftSchema),
    /** The preferences that apply to a person in a channel. `policy`: those that its policy sets. */
    preferencesFor: async (place: SettingsPlace, policy: Preferences = {}): Promise<EffectivePreferences> =>
      effectivePreferences({ ...(await stored(place, 'preferences', preferencesSchema)), policy }),
    /** The language that a person chose; null: as in Slack. */
    languageOf: async (person: Person): Promise<Language | null> =>
      (await stored({ ...person, channelId: '' }, 'preferences', preferencesSchema)).person?.language ?? null,

    /** null: removes the defaults. */
    async set(key: SettingKey, draft: StoredDraft | null, updatedBy: string): Promise<void> {
      const what = `defaults(${Object.keys(draft ?? {}).join(',')})`;
      const value = json(draft);
      await write(key, 'draft', { what, updatedBy, first: value, later: value });
    },

    /** Sets some defaults; the rest stays. In the statement itself: of two at the same moment, both count. */
    async changeDraft(key: SettingKey, draft: StoredDraft, updatedBy: string): Promise<void> {
      const set = json(draft);
      await write(key, 'draft', {
        what: `defaults(${Object.keys(draft).join(',')})`,
        updatedBy,
        first: set,
        later: sql<string>`coalesce(settings.draft, '{}') || ${set}::jsonb`,
      });
    },

    /** As above. */
    async changePreferences(key: SettingKey, preferences: Chosen, updatedBy: string): Promise<void> {
      const chosen = sql`${json(preferences)}::jsonb`;
      await write(key, 'preferences', {
        what: preferenceWords(preferences),
        updatedBy,
        first: sql<string>`jsonb_strip_nulls(${chosen})`,
        later: sql<string>`jsonb_strip_nulls(coalesce(settings.preferences, '{}') || ${chosen})`,
      });
    },
  };
}

function preferenceWords(preferences: Chosen): string {
  const set = Object.entries(preferences).map(([name, value]) => `${name}=${value ?? 'slack'}`);
  return `preferences(${set.join(',')})`;
}
