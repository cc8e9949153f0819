import type { Leases } from '../store/leases.ts';
import type { MessageRef } from '../store/request-row.ts';
import type { ThreadNotice, ThreadNotices } from '../store/thread-notices.ts';
import type { Text } from '../text/index.ts';
import { createInOrder } from '../time.ts';
import { notice } from './blocks/notices.ts';
import type { Rendered } from './blocks/objects.ts';
import { throwIfRetryable } from './errors.ts';
import type { DeliveryResult, Outbound, PrivatePlace } from './outbound.ts';
import type { Message } from './payload.ts';
import { privatePlace } from './places.ts';
import type { TextFor } from './text-for.ts';

/** Tells a person something, unless they were told. Rejects if it should be tried again. */
export type TellOnce = (once: ThreadNotice, tell: () => Promise<DeliveryResult>) => Promise<void>;

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

type TellOnceDeps = {
  leases: Pick<Leases, 'take' | 'release'>;
  notices: Pick<ThreadNotices, 'wasTold' | 'add'>;
};

/** It counts once Slack has it: the process can die before, and what comes twice does less harm than what is lost. */
export function createTellOnce({ leases, notices }: TellOnceDeps): TellOnce {
  const inOrder = createInOrder();

  async function tellNow(once: ThreadNotice, name: string, tell: () => Promise<DeliveryResult>) {
    const lease = await leases.take(name, ANSWERING_MS);
    if (lease === null) throw new BeingAnsweredError();
    try {
      // Another process may have told it since.
      if (await notices.wasTold(once)) return;
      throwIfRetryable(await tell());
      await notices.add(once);
    } finally {
      await leases.release(name, lease);
    }
  }

  return async (once, tell) => {
    const name = `tell ${once.sessionId} ${once.userId} ${once.reason}`;
    return inOrder(name, async () => ((await notices.wasTold(once)) ? undefined : tellNow(once, name, tell)));
  };
}

type TellNotTakenDeps = { tellOnce: TellOnce; outbound: Pick<Outbound, 'tellPrivately'>; textFor: TextFor };

type NotTaken = { sessionId: string; reason: keyof Text['thread']['notTaken'] };

type Said = Pick<Message, 'userId' | 'channelId' | 'threadTs'>;

/** Tells the author of a message, or of an edit, that it stays in the thread: once for each reason. */
export function createTellNotTaken({ tellOnce, outbound, textFor }: TellNotTakenDeps) {
  return async (said: Said, { sessionId, reason }: NotTaken): Promise<void> => {
    const { userId } = said;
    const { thread } = await textFor(userId);
    await tellOnce({ sessionId, userId, reason }, async () =>
      outbound.tellPrivately(privatePlace(said), notice([thread.notTaken[reason]])),
    );
  };
}

type AnswerDeps = {
  leases: Pick<Leases, 'take' | 'renew' | 'release' | 'outlasts'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
};

/** Slack's last attempt comes about six minutes after the first. https://docs.slack.dev/apis/events-api/#retries */
const DELIVERED_AGAIN_MS = 10 * 60_000;

/** `answer`: a function is called only if the message wasn't answered before. */
type Answer = Rendered | (() => Promise<Rendered>);

/** Answers a message once, however often Slack delivers it. Rejects if Slack should deliver it again. */
export function createMessageAnswers({ leases, outbound }: AnswerDeps) {
  return async (
    { teamId, channelId, ts }: MessageRef,
    place: PrivatePlace,
    answer: Answer,
  ): Promise<void> => {
    const name = `answer ${teamId} ${channelId} ${ts}`;
    const lease = await leases.take(name, ANSWERING_MS, { longestMs: DELIVERED_AGAIN_MS });
    if (lease === null) {
      if (await leases.outlasts(name, ANSWERING_MS)) return;
      throw new BeingAnsweredError();
    }
    const told = await outbound.tellPrivately(place, typeof answer === 'function' ? await answer() : answer);
    if (told === 'retryable') await leases.release(name, lease);
    else await leases.renew(name, lease, DELIVERED_AGAIN_MS);
    throwIfRetryable(told);
  };
}
