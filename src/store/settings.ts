import { sql, type Kysely } from 'kysely';
import type { z } from 'zod';
import { SETTING_SCOPES, type SettingScope } from '../session/defaults.ts';
import { storedDraftSchema, type StoredDraft } from '../session/fields.ts';
import {
  effectivePreferences,
  preferencesSchema,
  type EffectivePreferences,
  type Preferences,
} from '../session/preferences.ts';
import { appendAudit } from './audit.ts';
import { inBatches } from './commit.ts';
import type { Person } from './identities.ts';
import { json } from './sql.ts';
import type { Tables } from './store.ts';

export type SettingKey = { teamId: string; scope: SettingScope; scopeId: string };

export type Settings = ReturnType<typeof createSettings>;

/** A person in a channel of a workspace. */
type SettingsPlace = Person & { channelId: string };
/** Without `replaces`, what isn't set again stays. */
export type SettingsChange =
  | { column: 'draft'; set: StoredDraft; replaces?: boolean }
  | { column: 'preferences'; set: Preferences; replaces?: false };
/** What people may set for themselves, whatever their row says. */
const ownSchema = preferencesSchema.pick({ notify: true, language: true });
/** People and conversations that are read in one statement. */
const MOST_TOGETHER = 50;

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

  /** What is stored for the scopes that apply to a person in a channel, the widest first. */
  async function stored<T>(place: SettingsPlace, column: SettingsChange['column'], schema: z.ZodType<T>) {
    const ids = { workspace: place.teamId, channel: place.channelId, person: place.userId };
    const rows = await read(place);
    return SETTING_SCOPES.flatMap((scope) =>
      rows
        .filter((row) => row.scope === scope && row.scopeId === ids[scope] && row[column] !== null)
        .map((row) => [scope, schema.parse(row[column])] as const),
    );
  }

  return {
    /** The defaults that apply to a person in a channel. */
    layersFor: async (place: SettingsPlace): Promise<Partial<Record<SettingScope, StoredDraft>>> =>
      Object.fromEntries(await stored(place, 'draft', storedDraftSchema)),
    /** The preferences that apply to a person in a channel. `policy`: those that its policy sets. */
    preferencesFor: async (place: SettingsPlace, policy: Preferences = {}): Promise<EffectivePreferences> => {
      const layers = await stored(place, 'preferences', preferencesSchema);
      return effectivePreferences([
        ...layers.map(([scope, layer]) => (scope === 'person' ? ownSchema.parse(layer) : layer)),
        policy,
      ]);
    },

    /** Adds in the statement itself: of two changes at the same moment, both count. The audit has no default's value. */
    async change(
      { teamId, scope, scopeId }: SettingKey,
      { column, set, replaces = false }: SettingsChange,
      userId: string,
    ): Promise<void> {
      const first = json(set);
      const later = replaces
        ? first
        : sql<string>`coalesce(${sql.ref(`settings.${column}`)}, '{}') || ${first}::jsonb`;
      const said =
        column === 'draft'
          ? `defaults(${Object.keys(set).join(',')})`
          : `preferences(${Object.entries(set)
              .map(([name, value]) => `${name}=${value}`)
              .join(',')})`;
      const result = `${said}:${scope}`;
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('settings')
          .values({ teamId, scope, scopeId, [column]: first })
          .onConflict((conflict) =>
            conflict.columns(['teamId', 'scope', 'scopeId']).doUpdateSet({ [column]: later }),
          )
          .execute();
        const channelId = scope === 'channel' ? scopeId : null;
        await appendAudit([{ kind: 'setting', userId, channelId, result }], trx);
      });
    },
  };
}
