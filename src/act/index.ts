import type { Transaction } from 'kysely';
import { DevinError } from '../devin/errors.ts';
import { otherOwner } from '../identity/resolve.ts';
import type { Queue } from '../queue/index.ts';
import { RefusedError, requireAdmin, requireCanceling, requireRequester } from '../slack/authority.ts';
import { slackFailure } from '../slack/edge/errors.ts';
import { DELIVERED_REACTION } from '../slack/edge/ids.ts';
import { tellOnce } from '../slack/tell-once.ts';
import { devinReason, notice } from '../slack/views/notices.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { codeBlocks, escape } from '../slack/views/text.ts';
import { renderUsage } from '../slack/views/usage.ts';
import { findThread, type SessionRequest, type Followed } from '../store/requests.ts';
import { shownKey } from '../store/shown.ts';
import type { Tables } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { Act, ActContext, ActKind, ActOf, Doing, ActAnswer } from './context.ts';
import { approve, cancel, decline, mayApprove, mayDecline, resume } from './requests.ts';
import { endSession, follow, mayEndSession, maySwitch, switchThread } from './sessions.ts';

/** What people want done or shown. Each may wait for Slack or Devin. */
export function createActing(queue: Pick<Queue, 'work'>, context: ActContext): void {
  queue.work('act', async (act, { signal }) => runAct(context, act, signal), { concurrency: 20 });
}

/** Can run twice. */
type Perform<A extends Act> = (c: ActContext, act: A, signal: AbortSignal) => Promise<ActAnswer>;

type OnRequest = Extract<Act, { requestId: string }>;
type ActRow<A extends OnRequest, Subject> = {
  /** What it is about; null: the app doesn't know it. */
  load: (c: ActContext, act: A) => Promise<Subject | null>;
  /** Throws a RefusedError if its person may not. Asked right before it is done. */
  may: (c: ActContext, act: A, subject: Subject) => Promise<void>;
  run: (c: ActContext, doing: Doing<A, Subject>) => Promise<ActAnswer>;
};

function row<A extends OnRequest, Subject>({ load, may, run }: ActRow<A, Subject>): Perform<A> {
  return async (c, act, signal) => {
    const subject = await load(c, act);
    if (subject === null) throw new RefusedError((await c.textFor(act.userId)).steering.unknown);
    await may(c, act, subject).catch(async (error: unknown) => {
      if (act.messageTs === undefined || !(error instanceof RefusedError)) throw error;
      // People may write `stop` in a thread again and again: they are refused once. A press is always answered.
      const once = { sessionId: act.requestId, userId: act.userId, reason: 'may-not-steer' } as const;
      await tellOnce(c.store, once, async () => tell(c, act, notice(error.sentences)));
      throw new RefusedError();
    });
    return run(c, { act, subject, signal });
  };
}

async function requestOf({ store }: ActContext, { requestId }: OnRequest): Promise<SessionRequest | null> {
  return store.requests.find(requestId);
}

async function sessionOf({ store }: ActContext, { requestId }: OnRequest): Promise<Followed | null> {
  const { request = null, session = null } = (await findThread(store, requestId)) ?? {};
  return request && session && { request, session };
}

const ending = row({ load: sessionOf, may: mayEndSession, run: endSession });
const switching = row({ load: sessionOf, may: maySwitch, run: switchThread });
const resuming = row({
  load: requestOf,
  // Only the requester may do what costs money.
  may: async (c, { userId }, request) => requireRequester(c, request, userId),
  run: resume,
});

/** Everything that people can ask for besides sessions. What they write to Devin, `converse` takes there in order. */
const ACTS: { [Kind in ActKind]: Perform<ActOf<Kind>> } = {
  stop: ending,
  archive: ending,
  sleep: ending,
  mute: switching,
  unmute: switching,
  'listen-thread': switching,
  'listen-mentions': switching,
  cancel: row({
    load: requestOf,
    may: async (c, { userId }, request) => requireCanceling(c, request, userId),
    run: cancel,
  }),
  approve: row({ load: requestOf, may: mayApprove, run: approve }),
  decline: row({ load: requestOf, may: mayDecline, run: decline }),
  'try-again': resuming,
  'start-now': resuming,
  'check-again': resuming,
  'start-anyway': resuming,
  follow,
  link,
  usage: showUsage,
};

async function perform<Kind extends ActKind>(
  c: ActContext,
  { kind, act }: { kind: Kind; act: ActOf<Kind> },
  signal: AbortSignal,
): Promise<ActAnswer> {
  return ACTS[kind](c, act, signal);
}

/** Does what a person asked for, if they may, and answers them. */
async function runAct(c: ActContext, act: Act, signal: AbortSignal): Promise<void> {
  const { messageTs, answerTo } = act;
  let said: ActAnswer;
  try {
    said = await perform(c, { kind: act.kind, act }, signal);
  } catch (error) {
    signal.throwIfAborted();
    return tellWhyNot(c, act, error);
  }
  if (messageTs !== undefined && answerTo.channelId !== null)
    // If Slack doesn't take it now, the card says the same; the act must not run again for it.
    await c.slack.outbound.react(answerTo.channelId, messageTs, DELIVERED_REACTION).catch(() => undefined);
  // They usually see that it is done.
  if (answerTo.always && said.length > 0) await tell(c, act, notice(said));
}

/** Nothing was done, or nobody knows whether it was. What was typed is quoted: its dialog is closed. */
async function tellWhyNot(c: ActContext, act: Act, error: unknown): Promise<void> {
  const text = await c.textFor(act.userId);
  const sentences = reasonsIn(error, text);
  if (sentences.length === 0) return;
  const typed = c.store.envelopes.open(act.answerTo.id, act.answerTo.sealed)?.reason;
  const quoted = typed === undefined ? [] : [text.notices.typed, ...codeBlocks(typed)];
  await tell(c, act, notice([...sentences, ...quoted]));
}

/** Rethrows anything that is neither a refusal, nor Devin's, nor Slack's: a bug. */
function reasonsIn(error: unknown, text: Text): ActAnswer {
  if (error instanceof RefusedError) return error.sentences;
  if (error instanceof DevinError) return [escape(devinReason(error.failure, text))];
  slackFailure(error);
  return [text.steering.slackUnavailable];
}

/** If Slack is busy, the act runs again, which changes nothing, and says what is so by then. */
async function tell({ store, slack }: ActContext, { userId, answerTo }: Act, said: Rendered) {
  const { id, sealed, channelId, threadTs } = answerTo;
  const responseUrl = store.envelopes.open(id, sealed)?.responseUrl;
  await slack.outbound.tellPrivately({ userId, channelId, threadTs, responseUrl }, said);
}

/** What was used, if they may see it. */
async function showUsage(c: ActContext, act: ActOf<'usage'>): Promise<ActAnswer> {
  const { teamId, userId, answerTo } = act;
  const report = await c.usage.report({ teamId, userId, channelId: answerTo.channelId ?? '' }, act);
  const text = await c.textFor(userId);
  if (report === null) throw new RefusedError(text.usage.notForYou(c.command));
  await tell(c, act, renderUsage(report, text));
  return [];
}

type Link = ActOf<'link'>;

/** People can't link themselves. */
async function mayLink({ slack: { people }, textFor }: ActContext, { userId, personId, devinUserId }: Link) {
  const text = await textFor(userId);
  await requireAdmin(people, userId, text);
  const person = await people.find(personId);
  const { linking } = text.steering;
  if (userId === personId) throw new RefusedError(linking.notYourself);
  if (devinUserId !== null && person?.kind !== 'member') throw new RefusedError(linking.notAMember);
}

/** Links a person to a member of the Devin organization, or removes the link. Nobody is linked without hearing of it. */
async function link(c: ActContext, act: Link): Promise<ActAnswer> {
  await mayLink(c, act);
  const { teamId, userId, personId, devinUserId } = act;
  const { people } = c.slack;
  const { identities } = c.store;
  const { linking } = (await c.textFor(userId)).steering;
  const person = { teamId, userId: personId };
  // Once for each command, however often it runs.
  const key = shownKey('linked', teamId, personId, userId, act.answerTo.id, devinUserId ?? '');
  const tellPerson = async (trx: Transaction<Tables>): Promise<void> => c.enqueue('show', { key }, { trx });
  if (devinUserId === null) {
    await identities.link(person, { devinUserId, by: userId }, tellPerson);
    return [linking.removed(`<@${personId}>`)];
  }
  const member = await c.findMember(devinUserId);
  if (member === null) throw new RefusedError(linking.unknownInDevin(escape(devinUserId)));
  const name = escape(member.name);
  const owner = await otherOwner(member, personId, people.findByEmail);
  if (owner !== null) throw new RefusedError(linking.addressOfAnother(name, `<@${owner.userId}>`));
  const other = await identities.link(person, { devinUserId: member.userId, by: userId }, tellPerson);
  if (other !== null) throw new RefusedError(linking.linkedToAnother(name, `<@${other}>`));
  return [linking.done(`<@${personId}>`, name)];
}
