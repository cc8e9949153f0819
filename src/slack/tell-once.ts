import type { Leases } from '../store/leases.ts';
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

/** How long a process that died keeps others from telling. */
const TELLING_MS = 15_000;
/** Slack's last attempt comes about six minutes after the first. https://docs.slack.dev/apis/events-api/#retries */
const DELIVERED_AGAIN_MS = 10 * 60_000;

/** Another process is telling the same, or died while it did: it should be tried again. */
class BeingAnsweredError extends Error {
  readonly code = 'being-answered';

  constructor() {
    super('another process is telling the same');
    this.name = 'BeingAnsweredError';
  }
}

type TellingLeases = Pick<Leases, 'take' | 'renew' | 'release' | 'outlasts'>;

/**
 * Tells something once, however often Slack or a job asks for it, and whichever process hears of it. `keptMs`: for how long
 * that it was told is known; 0: that is stored elsewhere.
 */
function createOnce(leases: TellingLeases, keptMs: number) {
  const inOrder = createInOrder();

  async function tellNow(name: string, tell: () => Promise<DeliveryResult>): Promise<void> {
    const lease = await leases.take(name, TELLING_MS, { longestMs: Math.max(keptMs, TELLING_MS) });
    if (lease === null) {
      if (await leases.outlasts(name, TELLING_MS)) return;
      throw new BeingAnsweredError();
    }
    let told: DeliveryResult = 'retryable';
    try {
      told = await tell();
    } finally {
      if (told === 'retryable' || keptMs === 0) await leases.release(name, lease);
      else await leases.renew(name, lease, keptMs);
    }
    throwIfRetryable(told);
  }

  return async (
    name: string,
    tell: () => Promise<DeliveryResult>,
    wasTold = async () => Promise.resolve(false),
  ): Promise<void> => inOrder(name, async () => ((await wasTold()) ? undefined : tellNow(name, tell)));
}

/** Tells a person something, unless they were told. Rejects if it should be tried again. */
export type TellOnce = (once: ThreadNotice, tell: () => Promise<DeliveryResult>) => Promise<void>;

type TellOnceDeps = { leases: TellingLeases; notices: Pick<ThreadNotices, 'wasTold' | 'add'> };

/** It counts once Slack has it: the process can die before, and what comes twice does less harm than what is lost. */
export function createTellOnce({ leases, notices }: TellOnceDeps): TellOnce {
  const tellNow = createOnce(leases, 0);
  return async (once, tell) => {
    const wasTold = async (): Promise<boolean> => notices.wasTold(once);
    const tellAndAdd = async (): Promise<DeliveryResult> => {
      // Another process may have told it since.
      if (await wasTold()) return 'delivered';
      const told = await tell();
      if (told !== 'retryable') await notices.add(once);
      return told;
    };
    await tellNow(`tell ${once.sessionId} ${once.userId} ${once.reason}`, tellAndAdd, wasTold);
  };
}

type TellNotTakenDeps = { tellOnce: TellOnce; outbound: Pick<Outbound, 'tellPrivately'>; textFor: TextFor };

/** Tells the author of a message, or of an edit, that it stays in the thread: once for each reason. */
export function createTellNotTaken({ tellOnce, outbound, textFor }: TellNotTakenDeps) {
  return async (
    said: Pick<Message, 'userId' | 'channelId' | 'threadTs'>,
    { sessionId, reason }: { sessionId: string; reason: keyof Text['thread']['notTaken'] },
  ): Promise<void> => {
    const { userId } = said;
    const { thread } = await textFor(userId);
    await tellOnce({ sessionId, userId, reason }, async () =>
      outbound.tellPrivately(privatePlace(said), notice([thread.notTaken[reason]])),
    );
  };
}

type AnswerDeps = { leases: TellingLeases; outbound: Pick<Outbound, 'tellPrivately'> };

/**
 * Tells the author of a message something about it. A function is called only if the message wasn't answered before.
 * Rejects if Slack should deliver the message again.
 */
export function createMessageAnswers({ leases, outbound }: AnswerDeps) {
  const tellNow = createOnce(leases, DELIVERED_AGAIN_MS);
  return async (
    { teamId, channelId, ts }: Pick<Message, 'teamId' | 'channelId' | 'ts'>,
    place: PrivatePlace,
    answer: Rendered | (() => Promise<Rendered>),
  ): Promise<void> =>
    tellNow(`answer ${teamId} ${channelId} ${ts}`, async () =>
      outbound.tellPrivately(place, typeof answer === 'function' ? await answer() : answer),
    );
}
