import type { KnownBlock, ModalView } from '@slack/types';
import type { Without } from '../../session/context.ts';
import type { QuotedMessage } from '../../session/prompt.ts';
import type { Text } from '../../text/index.ts';
import {
  ACTION,
  readReviewBlock,
  reviewBlock,
  VIEW,
  reviewMetadata,
  type ReviewMetadata,
} from '../edge/ids.ts';
import { shownMoment } from './details-values.ts';
import { tickBox } from './form/elements.ts';
import { readEntered } from './form/entered.ts';
import { actions, button, context, modal, section } from './objects.ts';
import { bold, escape, truncate, truncateTo } from './text.ts';

type Author = Pick<QuotedMessage, 'author' | 'authorKind'>;

/** One message with who wrote it, or one of its files. */
export type ReviewItem =
  | { kind: 'message'; id: string; message: QuotedMessage }
  | ({ kind: 'file'; id: string; name: string } & Author);

type Review = {
  metadata: ReviewMetadata;
  /** null: still being read. */
  items: readonly ReviewItem[] | null;
  without: Without | null;
  /** What the policy adds to the task; null: nothing. */
  instructions: string | null;
};

/** A view takes 100 blocks and 250 kB. */
const PER_PAGE = 60;
const SHOWN_LENGTH = 2500;
/** As JSON, so that a whole page fits. */
const SHOWN_BYTES = 3000;

/** Several messages can have the same file, such as one that forwards another; it goes to Devin once. */
function distinct(items: readonly ReviewItem[]): ReviewItem[] {
  return [...Map.groupBy(items, reviewBlock).values()].flatMap(([first]) => first ?? []);
}

export function pageOfPicked(items: readonly ReviewItem[]): number {
  const at = distinct(items).findIndex((item) => item.kind === 'message' && item.message.picked);
  return Math.max(Math.floor(at / PER_PAGE), 0);
}

export function renderReview({ metadata, items, without, instructions }: Review, text: Text): ModalView {
  const { review } = text;
  const page = metadata.page ?? 0;
  const all = distinct(items ?? []);
  const pages = Math.max(Math.ceil(all.length / PER_PAGE), 1);
  const shown = all.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  return modal(
    {
      id: VIEW.review,
      metadata: reviewMetadata.write(metadata),
      words: { title: review.title, submit: items === null ? null : text.modal.save },
      blocks: [
        context(items === null ? review.loading : review.intro),
        ...(instructions === null ? [] : [instructionsBlock(instructions, text)]),
        ...shown.map((item) => itemBlock(item, without, text)),
        ...turning(page, pages, text),
      ],
    },
    text,
  );
}

export function renderUnreviewable(metadata: ReviewMetadata, text: Text): ModalView {
  const view = renderReview({ metadata, items: null, without: null, instructions: null }, text);
  return { ...view, blocks: [section(text.review.unreadable)] };
}

/** What is unticked, after this page of the view. Other pages stay as they were. */
export function readReview(state: unknown, before: Without | null): Without {
  const [messages, files] = [new Set(before?.messages), new Set(before?.files)];
  for (const [blockId, held] of readEntered(state)) {
    const item = readReviewBlock(blockId);
    if (item === null || held.kind !== 'picked') continue;
    const unticked = item.kind === 'message' ? messages : files;
    if (held.values.length > 0) unticked.delete(item.id);
    else unticked.add(item.id);
  }
  return { messages: [...messages], files: [...files] };
}

function itemBlock(item: ReviewItem, without: Without | null, text: Text): KnownBlock {
  const unticked = item.kind === 'message' ? without?.messages : without?.files;
  const words =
    item.kind === 'message'
      ? messageWords(item.message, text)
      : `:paperclip: ${escape(text.review.file(item.name, authorWords(item, text)))}`;
  return {
    ...section(words),
    block_id: reviewBlock(item),
    accessory: tickBox(text.review.send, unticked?.includes(item.id) !== true),
  };
}

function instructionsBlock(instructions: string, text: Text): KnownBlock {
  const head = bold(escape(text.details.instructions));
  return section(`${head}\n${truncate(escape(instructions), SHOWN_LENGTH)}`);
}

function messageWords(message: QuotedMessage, text: Text): string {
  const { authorKind, atMs, text: words, picked } = message;
  const { review } = text;
  const head = [
    bold(escape(authorWords(message, text))),
    review.kinds[authorKind],
    shownMoment(atMs, text),
    ...(picked ? [review.picked] : []),
  ].join(' · ');
  const whole = escape(words.trim() === '' ? review.empty : words);
  const fits = (part: string): boolean => Buffer.byteLength(JSON.stringify(part)) <= SHOWN_BYTES;
  const shown = truncateTo(whole, SHOWN_LENGTH, fits);
  return shown === whole ? `${head}\n${shown}` : `${head}\n${shown}\n_${review.cut}_`;
}

function authorWords({ author, authorKind }: Author, { review }: Text): string {
  return author ?? review.unnamed[authorKind === 'app' ? 'app' : 'person'];
}

function turning(page: number, pages: number, { review, sessions }: Text): KnownBlock[] {
  if (pages === 1) return [];
  return [
    actions([
      ...(page > 0 ? [button(ACTION.reviewEarlier, review.earlier, String(page - 1))] : []),
      ...(page + 1 < pages ? [button(ACTION.reviewLater, review.later, String(page + 1))] : []),
    ]),
    context(sessions.page(page + 1, pages)),
  ];
}
