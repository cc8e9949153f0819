import type { Log } from '../log.ts';
import type { Explained } from '../session/policy/index.ts';
import type { Preferences } from '../session/preferences.ts';
import type { Form } from '../store/forms.ts';
import type { Settings } from '../store/settings.ts';
import { inTime } from '../time.ts';
import type { Gate } from './gate.ts';
import type { PolicySource } from './policy-file.ts';

/** Part of Slack's 3 s for an answer. */
const WITHIN_MS = 700;
const what = 'a place, for the policy,';

type Where = Parameters<Gate['rulesAt']>[0];

export type QuickGate = ReturnType<typeof createQuickGate>;

/** For listeners, which can't wait. The job that starts a session asks the gate again. */
export function createQuickGate(gate: Gate, log: Log) {
  return {
    rulesAt: async (where: Where) =>
      inTime(gate.rulesAt(where), { withinMs: WITHIN_MS, otherwise: null, log, what }),
    /** null: there is no policy. `not-known`: Slack didn't answer in time. */
    explain: async (asking: Parameters<Gate['explain']>[0]) =>
      inTime<Explained | null | 'not-known'>(gate.explain(asking), {
        withinMs: WITHIN_MS,
        otherwise: 'not-known',
        log,
        what,
      }),
    /** null: everything can be chosen, as far as the app knows. */
    choicesFor: async (form: Form) =>
      inTime(gate.choicesFor(form), { withinMs: WITHIN_MS, otherwise: null, log, what }),
    /** null: the policy doesn't say. */
    mentionsAt: async (where: Where) => {
      const asking = gate.preferencesAt(where).then(({ mentions = null }) => mentions);
      return inTime(asking, { withinMs: WITHIN_MS, otherwise: 'ask' as const, log, what });
    },
  };
}

type PolicyDeps = { policy: Pick<PolicySource, 'current'>; gate: Gate; log: Log };

/** Settings with those of the policy. If a place can't be looked up, the strictest of any place apply. */
export function withPolicy(settings: Settings, { policy, gate, log }: PolicyDeps): Settings {
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
      const set = await inTime(asking, { withinMs: WITHIN_MS, otherwise, log, what });
      return settings.preferencesFor(place, set);
    },
  };
}
