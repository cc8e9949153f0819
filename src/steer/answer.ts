import { notice } from '../slack/blocks/notices.ts';
import { escape } from '../slack/blocks/text.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { AnswerTo } from '../queue/index.ts';

/** Tells one person privately how what they asked for went. */
export type Answerer = {
  /** Plain sentences, in the words of the catalog or of Devin. */
  say(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void>;
  /** Sentences with mentions and links: everything else in them is escaped. */
  sayEscaped(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void>;
};

type AnswerDeps = { envelopes: Pick<Envelopes, 'open'>; outbound: Pick<Outbound, 'tellPrivately'> };

export function createAnswerer({ envelopes, outbound }: AnswerDeps): Answerer {
  async function sayEscaped(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void> {
    const { id, sealed, channelId, threadTs } = answerTo;
    const responseUrl = envelopes.open(id, sealed)?.responseUrl ?? null;
    await outbound.tellPrivately({ userId, channelId, threadTs, responseUrl }, notice(sentences));
  }

  return {
    sayEscaped,
    say: async (userId, answerTo, ...sentences) => sayEscaped(userId, answerTo, ...sentences.map(escape)),
  };
}
