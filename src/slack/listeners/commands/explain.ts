import { applyDefaults } from '../../../session/defaults.ts';
import type { IntentOf, Wish } from '../../../session/intent.ts';
import { renderWrongOptions } from '../../command/help.ts';
import { shownIdentity } from '../../form-view.ts';
import { refusalSentence } from '../../views/failures.ts';
import { notice } from '../../views/notices.ts';
import type { Rendered } from '../../views/objects.ts';
import { escape } from '../../views/text.ts';
import { renderWhoami } from '../../views/whoami.ts';
import { type Why, renderWhy } from '../../views/why.ts';
import type { Answers, Invocation } from '../commands.ts';
import type { Tools } from '../tools.ts';

export type ExplainCommandDeps = Pick<
  Tools,
  | 'command'
  | 'db'
  | 'effectiveDraft'
  | 'limiter'
  | 'explain'
  | 'lookUp'
  | 'forgetIdentity'
  | 'settings'
  | 'withNames'
  | 'learnLanguage'
  | 'redrawHome'
  | 'textFor'
>;

/** Neither files nor secrets. */
const NOTHING_ELSE = { context: null, without: null };

/** Who a person is in Devin, and what the policy makes of what they ask for. Starts nothing. */
export function createExplainCommands(deps: ExplainCommandDeps) {
  const { command, db, effectiveDraft, limiter, explain, lookUp, forgetIdentity, settings } = deps;

  /** null: not known in time. */
  async function explained(call: Invocation, wish: Wish): Promise<Why | null> {
    const { teamId, userId } = call;
    const [draft, { reached }] = await Promise.all([
      effectiveDraft(call, wish),
      limiter.usage({ teamId, userId }, db),
    ]);
    const decision = await explain({ ...call, draft, ...NOTHING_ELSE });
    return decision === 'not-known' ? null : { userId, explained: decision, reached };
  }

  /** Who the person is, what they may do here without a task, and what they chose. */
  async function whoami(call: Invocation, { again }: Pick<IntentOf<'whoami'>, 'again'>): Promise<Rendered> {
    const { teamId, userId } = call;
    if (again) await forgetIdentity({ teamId, userId });
    const identity = await lookUp({ teamId, userId });
    const mayStart = identity !== null && identity !== 'key-refused' && identity.kind !== 'refused';
    const [why, layers, preferences] = await Promise.all([
      mayStart ? explained(call, { draft: {}, reset: [] }) : null,
      settings.layersFor(call),
      settings.preferencesFor(call),
    ]);
    const text = await deps.textFor(userId, preferences.language);
    const defaults = mayStart ? deps.withNames(applyDefaults(layers)) : null;
    return renderWhoami({ runsAs: shownIdentity(identity, text), why, defaults, preferences }, text);
  }

  /** Anyone may choose how and where the app speaks to them. */
  async function setOwn(call: Invocation, { setting, chosen }: IntentOf<'set-own'>): Promise<Rendered> {
    const { teamId, userId } = call;
    await settings.changePreferences({ teamId, scope: 'person', scopeId: userId }, chosen, userId);
    if (setting === 'language') {
      deps.learnLanguage(userId, chosen.language ?? null);
      await deps.redrawHome(call);
    }
    return whoami(call, { again: false });
  }

  /** How a start with these options would be decided here. */
  async function why(call: Invocation, { draft, reset, problems }: IntentOf<'why'>): Promise<Rendered> {
    const { teamId, userId, text } = call;
    const words = text.policy.why;
    if (problems.length > 0) return renderWrongOptions(problems, { command, typed: call.typed }, text);
    const identity = await lookUp({ teamId, userId });
    if (identity === null) return notice([words.notKnown]);
    if (identity === 'key-refused') return notice([escape(text.devin.unauthorized)]);
    if (identity.kind === 'refused') return notice([escape(refusalSentence(identity, text))]);
    const decision = await explained(call, { draft, reset });
    return decision === null ? notice([words.notKnown]) : renderWhy(decision, text);
  }

  return { why, whoami, 'set-own': setOwn } satisfies Partial<Answers>;
}
