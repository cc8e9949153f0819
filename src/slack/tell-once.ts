import type { MessageRef } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { Outbound, PrivatePlace } from './edge/outbound.ts';
import type { Message } from './edge/payload.ts';
import { privatePlace } from './edge/places.ts';
import type { TextFor } from './edge/text-for.ts';
import { notice } from './views/notices.ts';
import type { Rendered } from './views/objects.ts';

/** How long a process that died keeps others from answering. */
const ANSWERING_MS = 15_000;

/** Another process is answering, or died while it did: it should be tried again. */
class BeingAnsweredError extends Error {
  readonly code = 'being-answered';

  constructor() {
    super('another process is telling the same');
    this.name = 'BeingAnsweredError';
  }
}

type TellingContext = {
  store: StoreParts<{ shown: 'isFirst' | 'forget' }>;
  slack: { outbound: Pick<Outbound, 'tellPrivately'> };
  textFor: TextFor;
};

/** A private notice that a person gets once in a thread, a day. `sessionId`: of its request, before there is a session. */
type ThreadNotice = {
  sessionId: string;
  userId: string;
  /** Why a message stays in the thread. */
  reason: keyof Text['thread']['notTaken'] | 'at-rest' | 'may-not-steer';
};

const noticeKey = ({ sessionId, userId, reason }: ThreadNotice): string =>
  `notice:${sessionId}:${userId}:${reason}`;

/** Tells a person something, unless they were told. Throws if it should be tried again. */
export async function tellOnce(
  { shown }: TellingContext['store'],
  once: ThreadNotice,
  tell: () => Promise<void>,
): Promise<void> {
  const key = noticeKey(once);
  if (!(await shown.isFirst(key))) return;
  try {
    await tell();
  } catch (error) {
    await shown.forget(key);
    throw error;
  }
}

/** Tells the author of a message, or of an edit, that it stays in the thread: once for each reason. */
export async function tellNotTaken(
  { store, slack: { outbound }, textFor }: TellingContext,
  said: Pick<Message, 'userId' | 'channelId' | 'threadTs'>,
  { sessionId, reason }: { sessionId: string; reason: keyof Text['thread']['notTaken'] },
): Promise<void> {
  const { userId } = said;
  const { thread } = await textFor(userId);
  await tellOnce(store, { sessionId, userId, reason }, async () =>
    outbound.tellPrivately(privatePlace(said), notice([thread.notTaken[reason]])),
  );
}

/** Slack's last attempt comes about six minutes after the first. https://docs.slack.dev/apis/events-api/#retries */
const DELIVERED_AGAIN_MS = 10 * 60_000;

type AnsweringContext = {
  store: StoreParts<{ leases: 'take' | 'renew' | 'release' | 'outlasts' }>;
  slack: { outbound: Pick<Outbound, 'tellPrivately'> };
};

/** `answer`: a function is called only if the message wasn't answered before. */
type Answered = { message: MessageRef; place: PrivatePlace; answer: Rendered | (() => Promise<Rendered>) };

/** Answers a message once, however often Slack delivers it. Rejects if Slack should deliver it again. */
export async function answerMessage(
  { store: { leases }, slack: { outbound } }: AnsweringContext,
  { message: { teamId, channelId, ts }, place, answer }: Answered,
): Promise<void> {
  const name = `answer ${teamId} ${channelId} ${ts}`;
  const lease = await leases.take(name, ANSWERING_MS, { longestMs: DELIVERED_AGAIN_MS });
  if (lease === null) {
    if (await leases.outlasts(name, ANSWERING_MS)) return;
    throw new BeingAnsweredError();
  }
  try {
    await outbound.tellPrivately(place, typeof answer === 'function' ? await answer() : answer);
  } catch (error) {
    await leases.release(name, lease);
    throw error;
  }
  await leases.renew(name, lease, DELIVERED_AGAIN_MS);
}
