import { isNoMember, type LookedUpIdentity } from '../../../session/identity.ts';
import type { IntentOf, Wish } from '../../../session/intent.ts';
import { renderWrongOptions } from '../../command/help.ts';
import { shownIdentity } from '../../form-view.ts';
import { refusalSentence } from '../../views/failures.ts';
import { notice } from '../../views/notices.ts';
import type { Rendered } from '../../views/objects.ts';
import { escape } from '../../views/text.ts';
import { type Why, renderWhoami, renderWhy } from '../../views/why.ts';
import type { Answers, Invocation } from '../commands.ts';
import type { Tools } from '../tools.ts';

export type ExplainCommandDeps = Pick<
  Tools,
  'command' | 'db' | 'effectiveDraft' | 'limiter' | 'explain' | 'lookUp' | 'forgetIdentity'
>;

/** Neither files nor secrets. */
const NOTHING_ELSE = { context: null, without: null, secretNames: null };

/** Who a person is in Devin, and what the policy makes of what they ask for. Starts nothing. */
export function createExplainCommands(deps: ExplainCommandDeps) {
  const { command, db, effectiveDraft, limiter, explain, lookUp, forgetIdentity } = deps;

  /** null: not known in time. */
  async function explained(call: Invocation, wish: Wish): Promise<Why | null> {
    const { teamId, userId } = call;
    const [draft, used] = await Promise.all([
      effectiveDraft(call, wish),
      limiter.usage({ teamId, userId }, db),
    ]);
    const decision = await explain({ ...call, draft, ...NOTHING_ELSE });
    if (decision === 'not-known') return null;
    const session = Object.keys(wish.draft).length === 0 ? 'any' : 'asked';
    return { session, userId, explained: decision, ...used };
  }

  /** Who the person is, how that is known, and what they may do here, without a task. */
  async function whoami(call: Invocation, { again }: IntentOf<'whoami'>): Promise<Rendered> {
    const { teamId, userId, text } = call;
    if (again) await forgetIdentity({ teamId, userId });
    const identity = await lookUp({ teamId, userId });
    const mayStart = identity !== null && identity !== 'key-refused' && identity.kind !== 'refused';
    const why = mayStart ? await explained(call, { draft: {}, reset: [] }) : null;
    return renderWhoami({ runsAs: shownIdentity(identity, text), why, canLink: canLink(identity) }, text);
  }

  /** How a start with these options would be decided here. */
  async function why(call: Invocation, { draft, reset, problems }: IntentOf<'why'>): Promise<Rendered> {
    const { teamId, userId, text } = call;
    const words = text.policy.why;
    if (problems.length > 0)
      return renderWrongOptions(problems, { command, typed: call.typed, title: words.nothingDecided }, text);
    const identity = await lookUp({ teamId, userId });
    if (identity === null) return notice([words.notKnown]);
    if (identity === 'key-refused') return notice([escape(text.devin.unauthorized)]);
    if (identity.kind === 'refused') return notice([escape(refusalSentence(identity, text))]);
    const decision = await explained(call, { draft, reset });
    return decision === null ? notice([words.notKnown]) : renderWhy(decision, text);
  }

  return { why, whoami } satisfies Partial<Answers>;
}

/** Whether a link to a member of the organization would help. */
function canLink(identity: LookedUpIdentity): boolean {
  if (identity === 'key-refused') return false;
  if (identity?.kind === 'refused') return !isNoMember(identity.reason);
  return identity?.kind !== 'matched';
}
