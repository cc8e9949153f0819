import type { InputBlock, KnownBlock, MrkdwnOption, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Without } from '../../session/context.ts';
import type { Names } from '../../session/defaults.ts';
import type { SessionDraft } from '../../session/fields.ts';
import { excerptAround, indexOfPicked, saidOnce, type QuotedMessage } from '../../session/prompt.ts';
import type { Text } from '../../text/index.ts';
import { INPUT, reviewBlock, reviewMetadata, VIEW } from '../edge/ids.ts';
import type { OpenView } from '../edge/payload.ts';
import { fieldRows, row, shownMoment, shownTime } from './details.ts';
import {
  inputBlock,
  readEntered,
  bytesOf,
  caption,
  context,
  fitting,
  modal,
  mrkdwn,
  sections,
} from './objects.ts';
import { bold, escape, facts, ifAny, oneLine, truncate, truncateTo } from './text.ts';

/** A message, or a file that came with it. `id`: the message's `ts` or the file's id. */
export type ReviewItem = { kind: 'message' | 'file'; id: string; name: string; message: QuotedMessage };

export type Review = {
  values: SessionDraft;
  names: Names;
  /** What the policy adds to the task; null: nothing. */
  instructions: string | null;
  items: readonly ReviewItem[];
  without: Without | null;
  /** Plain sentences. */
  notes: string[];
};

/** A view takes 100 blocks and 250 kB. */
const MOST_BOXES = 90;
const BOXES_PER_BLOCK = 10;
const TEXT_BYTES = 80_000;
const MESSAGE_LENGTH = 2500;
const INSTRUCTIONS_LENGTH = 2500;
/** With a time in the reader's zone, a box's name has to fit 75 characters. */
const NAME_LENGTH = 34;

/** `review`: null while it is read. */
export function renderReview(formId: string, review: Review | null, text: Text): ModalView {
  const words = text.review;
  return modal(
    {
      id: VIEW.review,
      metadata: reviewMetadata.write({ formId }),
      words: {
        title: text.modal.review,
        submit: review === null || review.items.length === 0 ? null : text.modal.save,
      },
      blocks: review === null ? [context(words.loading)] : reviewBlocks(review, text),
    },
    text,
  );
}

function reviewBlocks(review: Review, text: Text): KnownBlock[] {
  const blocks = sections(linesOf(review, text));
  const shown = fitting(blocks, TEXT_BYTES, bytesOf);
  return [
    ...shown,
    ...(shown.length < blocks.length ? [context(text.review.cut)] : []),
    ...review.notes.map((note) => context(escape(note))),
    ...boxes(review, text),
  ];
}

/** As Devin reads it: the task with its options, the instructions, then the conversation. */
function linesOf({ values, names, instructions, items }: Review, text: Text) {
  const { prompt: task = '', session_secrets: secrets = [] } = values;
  return [
    ...fieldRows({ values, secretNames: secrets.map(({ key }) => key), names }, text),
    ifAny(instructions, (added) =>
      row(text.details.instructions, `\n${truncate(escape(added), INSTRUCTIONS_LENGTH)}`),
    ),
    ...items.flatMap(({ kind, message }) =>
      kind === 'message' ? [messageWords(saidOnce(message, { task }), text)] : [],
    ),
  ];
}

function messageWords(message: QuotedMessage, text: Text): string {
  const { authorKind, atMs, text: words } = message;
  const { review } = text;
  const who = [bold(escape(authorWords(message, text))), review.kinds[authorKind], shownMoment(atMs, text)];
  const shown = words.trim() === '' ? review.empty : truncate(words, MESSAGE_LENGTH);
  return [`\n${facts(...who)}`, escape(shown)].join('\n');
}

/** Without a name, what kind of person or app it was. */
const authorWords = ({ author, authorKind }: QuotedMessage, { review }: Text): string =>
  author ?? review.kinds[authorKind];

/** One group of boxes, in blocks of ten. In a long thread, messages far from the picked one have none: all of them go. */
function boxes({ items, without }: Review, text: Text): InputBlock[] {
  const distinct = [...Map.groupBy(items, boxValue).values()].flatMap(([first]) => first ?? []);
  if (distinct.length === 0) return [];
  const picked = indexOfPicked(distinct, ({ message }) => message.picked);
  const shown = excerptAround(distinct, picked, { room: MOST_BOXES, cost: () => 1 });
  const left = new Set([...(without?.messages ?? []), ...(without?.files ?? [])]);
  return Array.from({ length: Math.ceil(shown.length / BOXES_PER_BLOCK) }, (_, part) => {
    const here = shown.slice(part * BOXES_PER_BLOCK, (part + 1) * BOXES_PER_BLOCK);
    const ticked = here.filter(({ id }) => !left.has(id)).map((item) => boxOf(item, text));
    const element = {
      type: 'checkboxes' as const,
      action_id: INPUT,
      options: here.map((item) => boxOf(item, text)),
      ...(ticked.length > 0 && { initial_options: ticked }),
    };
    const { label, hint } = text.review.boxes;
    return part === 0
      ? inputBlock({ blockId: reviewBlock(part), label, hint, element })
      : inputBlock({ blockId: reviewBlock(part), label: `${label} (${part + 1})`, element });
  });
}

const boxValue = ({ kind, id }: Pick<ReviewItem, 'kind' | 'id'>): string => `${kind} ${id}`;

/** Named by author and time, or by the name of the file; with the first words. */
function boxOf(item: ReviewItem, text: Text): MrkdwnOption {
  const { kind, message, name } = item;
  const author = authorWords(message, text);
  const named = oneLine(kind === 'file' ? name : author);
  const shown = truncateTo(named, NAME_LENGTH, (part) => escape(part).length <= NAME_LENGTH);
  const words = oneLine(kind === 'file' ? text.review.file(author) : message.text);
  return {
    text: mrkdwn(`${escape(shown)} · ${shownTime(message.atMs)}`),
    value: boxValue(item),
    ...(words !== '' && { description: caption(words) }),
  };
}

const boxesSchema = z.object({
  block_id: z.string(),
  element: z.object({ options: z.array(z.object({ value: z.string() })) }),
});

/** What is unticked now. What has no box stays as it was. */
export function readReview({ blocks, values }: OpenView, before: Without | null): Without {
  const entered = readEntered(values);
  const unticked = { message: new Set(before?.messages), file: new Set(before?.files) };
  for (const block of blocks) {
    const shown = boxesSchema.safeParse(block).data;
    if (shown === undefined) continue;
    const ticked = new Set(entered.get(shown.block_id));
    for (const { value } of shown.element.options) {
      const [kind, id = ''] = value.split(' ');
      const set = unticked[kind === 'file' ? 'file' : 'message'];
      if (ticked.has(value)) set.delete(id);
      else set.add(id);
    }
  }
  return { messages: [...unticked.message], files: [...unticked.file] };
}
