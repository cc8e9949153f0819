import type { Log } from '../log.ts';
import type { PlaceKind } from '../session/context.ts';
import { applyDefaults, withoutFields, type EffectiveDraft } from '../session/defaults.ts';
import type { FieldKey, StoredDraft } from '../session/fields.ts';
import type { Explained, MentionsSetting } from '../session/policy/decide.ts';
import type { Policy } from '../session/policy/schema.ts';
import type { Preferences } from '../session/preferences.ts';
import type { Form } from '../store/forms.ts';
import type { Person } from '../store/identities.ts';
import type { Settings } from '../store/settings.ts';
import { createInTime } from '../time.ts';
import type { FileSource } from './file-source.ts';
import type { Gate } from './gate.ts';

/** Part of Slack's 3 s for an answer. */
const WITHIN_MS = 700;

function createQuickly(log: Log) {
  const inTime = createInTime(log);
  const what = 'a place, for the policy,';
  return async <T>(asking: Promise<T>, otherwise: T): Promise<T> =>
    inTime(asking, { withinMs: WITHIN_MS, otherwise, what });
}

type Where = Parameters<Gate['rulesAt']>[0];

export type QuickGate = ReturnType<typeof createQuickGate>;

/** For listeners, which can't wait. The job that starts a session asks the gate again. */
export function createQuickGate(gate: Gate, log: Log) {
  const quickly = createQuickly(log);
  return {
    rulesAt: async (where: Where) => quickly(gate.rulesAt(where), null),
    /** null: there is no policy. `not-known`: Slack didn't answer in time. */
    explain: async (asking: Parameters<Gate['explain']>[0]) =>
      quickly<Explained | null | 'not-known'>(gate.explain(asking), 'not-known'),
    /** null: everything can be chosen, as far as the app knows. */
    choicesFor: async (form: Form) => quickly(gate.choicesFor(form), null),
    /** null: the policy doesn't say. */
    mentionsAt: async (where: Where) => {
      const asking = gate.preferencesAt(where).then(({ mentions = null }) => mentions);
      return quickly<MentionsSetting | null>(asking, 'ask');
    },
  };
}

type PolicyDeps = { policy: Pick<FileSource<Policy>, 'current'>; gate: Gate; log: Log };

/** Settings with those of the policy. If a place can't be looked up, the strictest of any place apply. */
export function withPolicy(settings: Settings, { policy, gate, log }: PolicyDeps): Settings {
  const quickly = createQuickly(log);
  return {
    ...settings,
    async preferencesFor(place) {
      const channels = policy.current()?.channels ?? [];
      if (channels.length === 0) return settings.preferencesFor(place);
      const otherwise: Pick<Preferences, 'steer' | 'listen'> = {
        ...(channels.some(({ steer }) => steer === 'requester') && { steer: 'requester' }),
        ...(channels.some(({ listen }) => listen === 'mentions') && { listen: 'mentions' }),
      };
      const { channelId } = place;
      const asking = gate.preferencesAt({ channelId }).then(({ steer, listen }) => ({ steer, listen }));
      return settings.preferencesFor(place, await quickly(asking, otherwise));
    },
  };
}

/** `set`: puts in what can't be overridden. */
type PlaceRules = { defaults: StoredDraft; set: (draft: EffectiveDraft) => EffectiveDraft };

type DraftDeps = {
  settings: Pick<Settings, 'layersFor'>;
  /** What the policy sets in a place; null: nothing. Doesn't take long, whatever it finds. */
  rulesAt: (where: { channelId: string; placeKind: PlaceKind | null }) => Promise<PlaceRules | null>;
  withNames: (draft: EffectiveDraft) => EffectiveDraft;
};

export type TypedDraft = { draft: StoredDraft; reset?: readonly FieldKey[] };

type Asker = Person & { channelId: string; placeKind?: PlaceKind | null };

/** The draft that counts: what was typed, with defaults and with what the policy sets in the place. */
export type EffectiveDraftOf = (origin: Asker, typed: TypedDraft) => Promise<EffectiveDraft>;

export function createEffectiveDraft({ settings, rulesAt, withNames }: DraftDeps): EffectiveDraftOf {
  return async ({ teamId, userId, channelId, placeKind = null }, { draft, reset = [] }) => {
    const [layers, rules] = await Promise.all([
      settings.layersFor({ teamId, userId, channelId }),
      rulesAt({ channelId, placeKind }),
    ]);
    const channel = { ...rules?.defaults, ...layers.channel };
    const effective = applyDefaults({ ...withoutFields({ ...layers, channel }, reset), request: draft });
    return withNames(rules === null ? effective : rules.set(effective));
  };
}
