import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Text } from '../../text/index.ts';
import { INPUT, REPLY_BLOCK, VIEW, writeReplyMetadata } from '../ids.ts';
import { inputBlock, textElement } from './form/elements.ts';
import { LIMIT } from './limits.ts';
import { caption, section } from './objects.ts';
import { escape, quote, truncate } from './text.ts';

export type ReplyBox = {
  requestId: string;
  why: 'reply' | 'answer' | 'wake';
  /** It was meant as an answer, but Devin went on meanwhile. */
  tooLate: boolean;
  /** Raw; null: Devin has said nothing yet. */
  lastWords: string | null;
};

const WORDS_LENGTH = 1500;

/** The box for a message to Devin: also where the app is not in the channel and hears no replies. */
export function renderReplyBox({ requestId, why, tooLate, lastWords }: ReplyBox, text: Text): ModalView {
  const { box } = text.steering;
  return {
    type: 'modal',
    callback_id: VIEW.reply,
    private_metadata: writeReplyMetadata({ requestId }),
    title: caption(box.titles[why], LIMIT.viewTitle),
    submit: caption(box.submit, LIMIT.viewTitle),
    close: caption(box.close, LIMIT.viewTitle),
    blocks: [
      ...(tooLate ? [section(box.tooLate)] : []),
      ...said(lastWords, text),
      inputBlock({
        blockId: REPLY_BLOCK,
        label: box.label,
        hint: box.hint,
        optional: false,
        element: textElement({
          initial: undefined,
          maxLength: LIMIT.inputText,
          multiline: true,
          focus: true,
        }),
      }),
    ],
  };
}

const stateSchema = z.object({
  [REPLY_BLOCK]: z.object({ [INPUT]: z.object({ value: z.string().nullish() }) }),
});

/** What was written; empty where nothing was. */
export function readReplyBox(state: unknown): string {
  return stateSchema.parse(state)[REPLY_BLOCK][INPUT].value?.trim() ?? '';
}

function said(lastWords: string | null, text: Text): KnownBlock[] {
  if (lastWords === null || lastWords.trim() === '') return [];
  return [section(`${text.steering.box.saidLast}\n${quote(escape(truncate(lastWords, WORDS_LENGTH)))}`)];
}
