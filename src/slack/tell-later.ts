import type { AnswerTo, Enqueue, Jobs } from '../queue/index.ts';
import type { Envelopes } from '../store/envelope.ts';
import { throwIfRetryable } from './edge/errors.ts';
import type { Outbound } from './edge/outbound.ts';
import { answerPlace } from './edge/places.ts';
import { notice } from './views/notices.ts';
import { escape } from './views/text.ts';

/**
 * Tells a person privately what became of their command or button press. What it did isn't done again, so the sentences
 * themselves wait if Slack is busy. Those of `tell-once.ts` are written again when Slack or a job tries again.
 */
export type Notifier = ReturnType<typeof createNotifier>;

type NotifierDeps = {
  envelopes: Pick<Envelopes, 'open' | 'close'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  enqueue: Enqueue;
};

export function createNotifier({ envelopes, outbound, enqueue }: NotifierDeps) {
  /** Sentences in Slack's markup. Anything that people or Devin wrote must be escaped already. */
  async function notifyMarkup(userId: string, answerTo: AnswerTo, ...said: string[]): Promise<void> {
    const told = await outbound.tellPrivately(answerPlace(envelopes, userId, answerTo), notice(said));
    if (told !== 'retryable') return;
    const { id } = answerTo;
    const sealed = envelopes.close(id, { ...envelopes.open(id, answerTo.sealed), said });
    await enqueue('tell-later', { userId, answerTo: { ...answerTo, sealed } });
  }

  return {
    notifyMarkup,
    /** Plain sentences, which are escaped. */
    notify: async (userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void> =>
      notifyMarkup(userId, answerTo, ...sentences.map(escape)),
  };
}

/** The job that tells it later. */
export function createLateNotifier({ envelopes, outbound }: Omit<NotifierDeps, 'enqueue'>) {
  return async ({ userId, answerTo }: Jobs['tell-later']): Promise<void> => {
    const said = envelopes.open(answerTo.id, answerTo.sealed)?.said ?? [];
    if (said.length === 0) return;
    throwIfRetryable(await outbound.tellPrivately(answerPlace(envelopes, userId, answerTo), notice(said)));
  };
}
