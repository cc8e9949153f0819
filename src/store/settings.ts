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
import type { Db, Tables } from './tables.ts';

export type SettingKey = { teamId: string; scope: SettingScope; scopeId: string };

/** Defaults of a workspace, a channel or a person, and what else they prefer. */
export type SettingsTable = Columns<
  SettingKey & {
    draft: StoredDraft | null;
    preferences: Preferences | null;
    updatedBy: string;
    updatedAt: Date;
  },
  'draft' | 'preferences'
>;

export type Settings = ReturnType<typeof createSettings>;

/** A person in a channel of a workspace. */
type Place = { teamId: string; channelId: string; userId: string };
type Layers<T> = Partial<Record<SettingScope, T>>;
type Column = 'draft' | 'preferences';
/** `language`: null: as in Slack. */
type Chosen = Omit<Preferences, 'language'> & { language?: Language | null | undefined };
/** `what`: for the audit. */
type Change = { what: string; updatedBy: string; set: (row: Row, trx: Db) => Promise<void> };
type Row = SettingKey & { updatedBy: string; updatedAt: RawBuilder<Date> };
/** People and conversations that are read in one statement. */
const MOST_TOGETHER = 50;
const KEY = ['teamId', 'scope', 'scopeId'] as const;

export function createSettings(db: Kysely<Tables>) {
  /** Read for each command: many at once share a statement. */
  const read = inBatches(async (places: Place[]) => {
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
  async function stored<T>(place: Place, column: Column, schema: z.ZodType<T>): Promise<Layers<T>> {
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

  async function write(
    { teamId, scope, scopeId }: SettingKey,
    { what, updatedBy, set }: Change,
  ): Promise<void> {
    await db.transaction().execute(async (trx) => {
      await set({ teamId, scope, scopeId, updatedBy, updatedAt: sql<Date>`now()` }, trx);
      const channelId = scope === 'channel' ? scopeId : null;
      await appendAudit([{ kind: 'setting', userId: updatedBy, channelId, result: `${what}:${scope}` }], trx);
    });
  }

  async function setDraft(row: Row, draft: StoredDraft | null, trx: Db): Promise<void> {
    const value = { ...row, draft: json(draft) };
    await trx
      .insertInto('settings')
      .values(value)
      .onConflict((conflict) => conflict.columns(KEY).doUpdateSet(value))
      .execute();
  }

  /** In the statement itself: of two that are set at the same moment, both stay. */
  async function merge(row: Row, preferences: Chosen, trx: Db): Promise<void> {
    const chosen = sql`${json(preferences)}::jsonb`;
    await trx
      .insertInto('settings')
      .values({ ...row, preferences: sql<string>`jsonb_strip_nulls(${chosen})` })
      .onConflict((conflict) =>
        conflict.columns(KEY).doUpdateSet({
          ...row,
          preferences: sql<string>`jsonb_strip_nulls(coalesce(settings.preferences, '{}') || ${chosen})`,
        }),
      )
      .execute();
  }

  return {
    /** The defaults that apply to a person in a channel. */
    layersFor: async (place: Place) => stored(place, 'draft', storedDraftSchema),
    /** The preferences that apply to a person in a channel. `policy`: those that its policy sets. */
    preferencesFor: async (place: Place, policy: Preferences = {}): Promise<EffectivePreferences> =>
      effectivePreferences({ ...(await stored(place, 'preferences', preferencesSchema)), policy }),
    /** The language that a person chose; null: as in Slack. */
    languageOf: async (person: Person): Promise<Language | null> =>
      (await stored({ ...person, channelId: '' }, 'preferences', preferencesSchema)).person?.language ?? null,

    /** null: removes the defaults. */
    set: async (key: SettingKey, draft: StoredDraft | null, updatedBy: string) =>
      write(key, {
        what: `defaults(${Object.keys(draft ?? {}).join(',')})`,
        updatedBy,
        set: async (row, trx) => setDraft(row, draft, trx),
      }),
    /** What is not among these stays as it was. */
    changePreferences: async (key: SettingKey, preferences: Chosen, updatedBy: string) =>
      write(key, {
        what: preferenceWords(preferences),
        updatedBy,
        set: async (row, trx) => merge(row, preferences, trx),
      }),
  };
}

function preferenceWords(preferences: Chosen): string {
  const set = Object.entries(preferences).map(([name, value]) => `${name}=${value ?? 'slack'}`);
  return `preferences(${set.join(',')})`;
}
