import { applyDefaults } from '../../../session/defaults.ts';
import type { IntentOf, Wish } from '../../../session/intent.ts';
import type { Person } from '../../../store/identities.ts';
import { shownIdentity } from '../../card-view.ts';
import { renderWrongOptions } from '../../command/help.ts';
import { refusalSentence, notice } from '../../views/notices.ts';
import type { Rendered } from '../../views/objects.ts';
import { escape } from '../../views/text.ts';
import { renderWhoami, type Why, renderWhy } from '../../views/whoami.ts';
import type { Answers, Invocation } from '../commands.ts';
import type { ListenersContext } from '../context.ts';

/** Neither files nor secrets. */
const NOTHING_ELSE = { context: null, without: null };

/** null: not known in time. */
async function explained(c: ListenersContext, call: Invocation, wish: Wish): Promise<Why | null> {
  const { teamId, userId } = call;
  const [draft, { reached }] = await Promise.all([
    c.gate.effectiveDraft(call, wish),
    c.limiter.usage({ teamId, userId }, c.store.db),
  ]);
  const decision = await c.gate.explain({ ...call, draft, ...NOTHING_ELSE });
  return decision === 'not-known' ? null : { userId, explained: decision, reached };
}

/** Who the person is, what they may do here without a task, and what they chose. */
async function whoami(
  c: ListenersContext,
  call: Invocation,
  { again }: Pick<IntentOf<'whoami'>, 'again'>,
): Promise<Rendered> {
  const { teamId, userId } = call;
  if (again) await forgetIdentity(c, { teamId, userId });
  const identity = await c.lookUp({ teamId, userId });
  const mayStart = identity !== null && identity !== 'key-refused' && identity.kind !== 'refused';
  const [why, layers, preferences] = await Promise.all([
    mayStart ? explained(c, call, { draft: {} }) : null,
    c.store.settings.layersFor(call),
    c.store.settings.preferencesFor(call),
  ]);
  const text = await c.textFor(userId);
  const defaults = mayStart ? c.withNames(applyDefaults(layers)) : null;
  return renderWhoami({ runsAs: shownIdentity(identity, text), why, defaults, preferences }, text);
}

/** Anyone may choose how and where the app speaks to them. */
async function setOwn(
  c: ListenersContext,
  call: Invocation,
  { setting, chosen }: IntentOf<'set-own'>,
): Promise<Rendered> {
  const { teamId, userId } = call;
  await c.store.settings.changePreferences({ teamId, scope: 'person', scopeId: userId }, chosen, userId);
  if (setting === 'language') await c.redrawHome(call);
  return whoami(c, call, { again: false });
}

/** How a start with these options would be decided here. */
async function why(
  c: ListenersContext,
  call: Invocation,
  { draft, problems }: IntentOf<'why'>,
): Promise<Rendered> {
  const { teamId, userId, text } = call;
  if (problems.length > 0)
    return renderWrongOptions(problems, { command: c.command, typed: call.typed }, text);
  const identity = await c.lookUp({ teamId, userId });
  if (identity === null) return notice([text.steering.notLookedUp]);
  if (identity === 'key-refused') return notice([escape(text.devin.unauthorized)]);
  if (identity.kind === 'refused') return notice([escape(refusalSentence(identity, text))]);
  const decision = await explained(c, call, { draft });
  return decision === null ? notice([text.steering.notLookedUp]) : renderWhy(decision, text);
}

/** Forgets what Slack and Devin said about the person. */
async function forgetIdentity({ store, now }: ListenersContext, person: Person): Promise<void> {
  await store.identities.forget(person);
  await store.knownPeople.changed(person, new Date(now()));
}

/** Who a person is in Devin, and what the policy makes of what they ask for. Starts nothing. */
export const EXPLAIN_ANSWERS = { why, whoami, 'set-own': setOwn } satisfies Partial<Answers>;
