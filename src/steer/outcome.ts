import { DevinError } from '../devin/errors.ts';
import { actionMessage } from '../errors.ts';
import type { AnswerTo, Enqueue, Jobs } from '../queue/index.ts';
import { notice } from '../slack/blocks/notices.ts';
import { escape } from '../slack/blocks/text.ts';
import { slackFailure, throwIfRetryable } from '../slack/errors.ts';
import type { Outbound } from '../slack/outbound.ts';
import { answerPlace } from '../slack/places.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Text } from '../text/index.ts';

/** Why something wasn't done, as a plain sentence. Rethrows anything that is neither Devin's nor Slack's: a bug. */
export function notDone(error: unknown, text: Text): string {
  if (!(error instanceof DevinError)) {
    slackFailure(error);
    return text.steering.slackUnavailable;
  }
  return actionMessage({ kind: 'devin', ...error.facts }, text);
}

/** Why a person may not do something, escaped; null: they may. */
export type Refusal<Asked> = (asked: Asked, userId: string) => Promise<string | null>;

/** As `refusal`, or why the app can't tell now. */
export function tolerant<Asked>(refusal: Refusal<Asked>, textFor: TextFor): Refusal<Asked> {
  return async (asked, userId) =>
    refusal(asked, userId).catch(async (error: unknown) => escape(notDone(error, await textFor(userId))));
}

/** Tells a person privately what became of their command or button press. */
export type Notifier = {
  /** Plain sentences, which are escaped. */
  notify(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void>;
  /** Sentences in Slack's markup. Anything that people or Devin wrote must be escaped already. */
  notifyMarkup(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void>;
};

type NotifierDeps = {
  envelopes: Pick<Envelopes, 'open' | 'close'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  enqueue: Enqueue;
};

export function createNotifier({ envelopes, outbound, enqueue }: NotifierDeps): Notifier {
  /** If Slack is busy, a job of its own tells it later: what was done isn't done again. */
  async function notifyMarkup(userId: string, answerTo: AnswerTo, ...said: string[]): Promise<void> {
    const told = await outbound.tellPrivately(answerPlace(envelopes, userId, answerTo), notice(said));
    if (told !== 'retryable') return;
    const { id } = answerTo;
    const sealed = envelopes.close(id, { ...envelopes.open(id, answerTo.sealed), said });
    await enqueue('tell-later', { userId, answerTo: { ...answerTo, sealed } });
  }

  return {
    notifyMarkup,
    notify: async (userId, answerTo, ...sentences) =>
      notifyMarkup(userId, answerTo, ...sentences.map(escape)),
  };
}

export function createLateNotifier({ envelopes, outbound }: Omit<NotifierDeps, 'enqueue'>) {
  return async ({ userId, answerTo }: Jobs['tell-later']): Promise<void> => {
    const said = envelopes.open(answerTo.id, answerTo.sealed)?.said ?? [];
    if (said.length === 0) return;
    throwIfRetryable(await outbound.tellPrivately(answerPlace(envelopes, userId, answerTo), notice(said)));
  };
}
