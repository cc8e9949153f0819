import { isOver, isResting } from '../../session/lifecycle.ts';
import type { Requests } from '../../store/requests.ts';
import type { SessionMessages } from '../../store/session-messages.ts';
import type { SessionRow, Sessions } from '../../store/sessions.ts';
import type { ThreadNotice, ThreadNotices } from '../../store/thread-notices.ts';
import type { Text } from '../../text/index.ts';
import type { Authority } from '../authority.ts';
import { notice, refusal } from '../blocks/notices.ts';
import type { Rendered } from '../blocks/objects.ts';
import { renderAskFirst, renderThreadHelp } from '../blocks/steering.ts';
import { unescape } from '../blocks/text.ts';
import { renderDoubt } from '../command/help.ts';
import {
  isCourtesy,
  mentionsIn,
  type Perhaps,
  readThreadMeaning,
  type ThreadMeaning,
  withoutMention,
} from '../command/meaning.ts';
import { parseNew } from '../command/parse.ts';
import { isOnlyText, readMessage, withForwarded } from '../messages.ts';
import type { Outbound } from '../outbound.ts';
import type { Message } from '../payload.ts';
import { privatePlace, unnamedPlace } from '../places.ts';
import type { TellOnce } from '../tell-once.ts';
import type { ThreadInbox } from '../thread-inbox.ts';
import { startOnce, type AnsweringDeps } from './addressed.ts';

export type ThreadDeps = AnsweringDeps & {
  requests: Pick<Requests, 'find'>;
  authority: Pick<Authority, 'steeringRefusal'>;
  sessions: Pick<Sessions, 'inThread' | 'ofRequest'>;
  messages: Pick<SessionMessages, 'lastMessage'>;
  threads: ThreadInbox;
  notices: Pick<ThreadNotices, 'add'>;
  tellOnce: TellOnce;
  outbound: Pick<Outbound, 'tellPrivately'>;
};

/** A person's message in a thread. */
export type ThreadMessage = Message & { threadTs: string };

/** A reply in a session's thread. */
export async function hear(deps: ThreadDeps, reply: ThreadMessage, session: SessionRow): Promise<void> {
  const { threads } = deps;
  const { userId, channelId, ts } = reply;
  const meaning = meaningOf(reply, deps.botUserId());
  switch (meaning.kind) {
    case 'aside':
      return;
    case 'help':
      return tellHelp(deps, reply);
    case 'ask-stop':
      return askFirst(deps, reply, { session, about: 'stop' });
    case 'new':
      return startAnother(deps, reply, { session, task: meaning.text });
    case 'reply':
      return hearReply(deps, reply, { session, meaning });
    default:
      await threads.accept({ session, userId, channelId, ts, kind: meaning.kind, text: '', files: [] });
  }
}

const IN_WORDS: ReadonlySet<ThreadMeaning['kind']> = new Set(['reply', 'new', 'aside']);

/** With a file or a forwarded message, a keyword is a word about it: `exit` with a screenshot ends nothing. */
export function meaningOf(said: Said, botUserId: string): ThreadMeaning {
  const meaning = readThreadMeaning(said.slackText, botUserId);
  if (IN_WORDS.has(meaning.kind) || isOnlyText(said)) return meaning;
  const text = withoutMention(said.slackText.trim(), botUserId);
  return { kind: 'reply', text, ...NO_PHRASE };
}

type Heard = { session: SessionRow; meaning: Extract<ThreadMeaning, { kind: 'reply' }> };

/** What is no keyword: for Devin, for people, or for the app in a phrase. */
async function hearReply(deps: ThreadDeps, reply: ThreadMessage, { session, meaning }: Heard): Promise<void> {
  const { threads } = deps;
  const { userId, channelId, ts, slackText, message, forwarded } = reply;
  const { sessionId } = session;
  if (isOnlyMention(reply, meaning.text)) return tellHelp(deps, reply);
  const mentions = mentionsIn(slackText, deps.botUserId());
  const reception = await threads.receive(session, { userId, mentions });
  if (reception === 'aside') return;
  const author = { session, userId, channelId, ts };
  const { word, perhaps } = isOnlyText(reply) && mayMeanApp(session) ? meaning : NO_PHRASE;
  if (word !== null) {
    await threads.accept({ ...author, kind: word, text: '', files: [] });
    return;
  }
  if (reception !== 'taken') return tellNotTaken(deps, reply, { sessionId, reason: reception });
  if (isResting(session.phase) && (await isOnlyCourtesy(deps, reply, session))) {
    // A session that is over can't be woken: nobody needs to hear of it.
    if (isOver(session)) return;
    return tellNotTaken(deps, reply, { sessionId, reason: 'courtesy' });
  }
  if (perhaps !== null) return askFirst(deps, reply, { session, about: perhaps });
  const text = withForwarded(readMessage({ ts, text: meaning.text }).text, forwarded);
  await threads.accept({ ...author, kind: 'reply', text, files: message.files });
}

const NO_PHRASE = { word: null, perhaps: null };

type Telling = Pick<ThreadDeps, 'answerMessage' | 'textFor'>;

async function tellHelp({ answerMessage, textFor }: Telling, reply: ThreadMessage): Promise<void> {
  await answerMessage(reply, privatePlace(reply), renderThreadHelp(await textFor(reply.userId)));
}

/** If Devin asked something, `stop it` is the answer. */
function mayMeanApp(session: SessionRow): boolean {
  return session.phase !== 'needs-you' && !isOver(session);
}

/** Asks what a reply means, or tells its author that they may not steer the session: that is recorded once. */
async function askFirst(
  deps: ThreadDeps,
  reply: ThreadMessage,
  { session, about }: { session: SessionRow; about: Perhaps },
): Promise<void> {
  const { requests, authority, answerMessage, botUserId, textFor } = deps;
  const { ts, slackText, userId } = reply;
  await answerMessage(reply, privatePlace(reply), async () => {
    const request = await requests.find(session.requestId);
    const refused = request === null ? null : await authority.steeringRefusal(request, userId);
    const text = await textFor(userId);
    const sentence = refused ?? (isOver(session) ? text.thread.doneOver : null);
    if (sentence !== null) return notice([sentence]);
    const typed = readMessage({ ts, text: withoutMention(slackText.trim(), botUserId()) }).text;
    return renderAskFirst(about, { requestId: session.requestId, ts, text: typed }, text);
  });
}

/** A mention of the app without a word. `text`: what is beside it. */
function isOnlyMention(reply: ThreadMessage, text: string): boolean {
  return text.trim() === '' && reply.slackText.trim() !== '' && isOnlyText(reply);
}

type Said = Pick<Message, 'slackText' | 'message' | 'forwarded'>;

/** It asks for nothing, and would wake a session at rest. If Devin asked something last, an OK is an answer. */
async function isOnlyCourtesy(
  { messages, botUserId }: ThreadDeps,
  reply: ThreadMessage,
  { sessionId }: SessionRow,
): Promise<boolean> {
  if (!isOnlyText(reply) || !isCourtesy(reply.slackText, botUserId())) return false;
  const last = await messages.lastMessage(sessionId);
  return last === null || !/[?？]/.test(last.text);
}

type NotTaken = Pick<ThreadNotice, 'sessionId'> & { reason: keyof Text['thread']['notTaken'] };

/** For each message that calls the app: it would start a session elsewhere, and is lost here. */
export async function answerNotTaken(
  { notices, answerMessage, textFor }: Telling & Pick<ThreadDeps, 'notices'>,
  reply: ThreadMessage,
  { sessionId, reason }: NotTaken,
): Promise<void> {
  const { userId } = reply;
  const { thread } = await textFor(userId);
  await answerMessage(reply, privatePlace(reply), notice([thread.notTaken[reason]]));
  await notices.add({ sessionId, userId, reason });
}

/** Once per person and thread. */
export async function tellNotTaken(
  { tellOnce, outbound, textFor }: Pick<ThreadDeps, 'tellOnce' | 'outbound' | 'textFor'>,
  reply: Pick<ThreadMessage, 'userId' | 'channelId' | 'threadTs'>,
  { sessionId, reason }: NotTaken,
): Promise<void> {
  const { userId } = reply;
  const { thread } = await textFor(userId);
  await tellOnce({ sessionId, userId, reason }, async () =>
    outbound.tellPrivately(privatePlace(reply), notice([thread.notTaken[reason]])),
  );
}

type Another = { session: SessionRow; task: string };

/** `!new`: like a mention, the card is the answer. */
async function startAnother(
  deps: ThreadDeps,
  reply: ThreadMessage,
  { session, task: typed }: Another,
): Promise<void> {
  const { formInbox } = deps;
  const { channelId, threadTs, userId, ts, placeKind, message } = reply;
  const origin = { teamId: session.teamId, userId, channelId, threadTs, placeKind, responseUrl: null };
  const intent = parseNew(typed, { ownTag: deps.tagRequests });
  const text = await deps.textFor(userId);
  const answer = async (rendered: Rendered) => deps.answerMessage(reply, privatePlace(reply), rendered);
  const context = threadAbove(reply);
  // The files come with the thread.
  const offered = { ...context, isTask: false };
  if (intent.kind === 'create') {
    const files = context.isTask ? message.files : [];
    const task = { wish: intent, files, context, offered };
    const asked = await startOnce(deps, origin, { ts, task, text });
    return asked === null ? undefined : answer(asked);
  }
  const shown = unescape(typed);
  if (intent.kind === 'open-form') {
    const { id: formId } = await formInbox.offerForm(origin);
    return answer(refusal({ problems: [text.thread.newNeedsTask], typed: shown, formId }, text));
  }
  const { id: formId } = await formInbox.offerMessage(origin, ts, { wish: intent, context: offered });
  return answer(renderDoubt(intent, { command: deps.command, typed: shown, formId }, text));
}

/** The thread above goes to the new session, too, and the message itself if it forwards another one. */
function threadAbove({ channelId, placeKind, message, forwarded }: ThreadMessage) {
  const place = { channelId, channelName: unnamedPlace(placeKind) };
  return { choice: 'until-here', ...place, picked: message, isTask: forwarded === '' } as const;
}
