import type {
  ActionsBlock,
  AlertBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  ModalView,
  MrkdwnElement,
  PlainTextElement,
  PlainTextOption,
  SectionBlock,
  InputBlock,
  PlainTextInput,
} from '@slack/types';
import { z } from 'zod';
import type { Text } from '../../text/index.ts';
import { BLOCK, INPUT } from '../edge/ids.ts';
import { bold, present, truncate } from './text.ts';

/** A message as a renderer made it: `text` alone says everything. */
export type Rendered = { text: string; blocks: KnownBlock[] };

/** Blocks and elements within Slack's limits: longer text is cut. `escaped` is mrkdwn, all else is raw. */

/** For a label, title or button: raw, since Slack would format only emoji in it, which is off. */
export function caption(text: string, max: number = LIMIT.caption): PlainTextElement {
  return { type: 'plain_text', text: truncate(text, max), emoji: false };
}

/** mrkdwn for a block. `verbatim`: Slack doesn't turn plain words into links, channels or mentions. */
export function mrkdwn(escaped: string): MrkdwnElement {
  return { type: 'mrkdwn', text: escaped, verbatim: true };
}

export function section(escaped: string): SectionBlock {
  return { type: 'section', text: mrkdwn(truncate(escaped, LIMIT.sectionText)) };
}

export function context(escaped: string): ContextBlock {
  return { type: 'context', elements: [mrkdwn(truncate(escaped, LIMIT.sectionText))] };
}

/** Modals only: https://docs.slack.dev/reference/block-kit/blocks/alert-block */
function alert(text: string, level: NonNullable<AlertBlock['level']>): AlertBlock {
  return { type: 'alert', text: caption(text, LIMIT.alert), level };
}

/** On top of a form, in place of another. */
export function withAlert(view: ModalView, sentence: string): ModalView {
  const others = view.blocks.filter(({ block_id: id }) => id !== BLOCK.alert);
  return { ...view, blocks: [{ ...alert(sentence, 'error'), block_id: BLOCK.alert }, ...others] };
}

/** A message of parts, without those that are null. The text of a part says the same as its blocks. */
export function joinParts(parts: readonly (Rendered | null)[]): Rendered {
  const shown = parts.filter((part) => part !== null);
  return {
    text: present(shown.map(({ text }) => text)).join('\n'),
    blocks: shown.flatMap(({ blocks }) => blocks),
  };
}

/** A message as it is sent: its blocks say everything, and its text fits an edit, too. */
export function bounded({ text, blocks }: Rendered): Rendered {
  return { text: truncate(text, LIMIT.messageText), blocks };
}

export function line(escaped: string): Rendered {
  return { text: escaped, blocks: [section(escaped)] };
}

export function titled(title: string, ...lines: (string | null)[]): Rendered {
  return {
    text: present([title, ...lines]).join('\n'),
    blocks: [section(present([bold(title), ...lines]).join('\n'))],
  };
}

/** With a button beside it. */
export function withAccessory(escaped: string, accessory: Button): Rendered {
  return { text: escaped, blocks: [{ ...section(escaped), accessory }] };
}

/** In small letters. */
export function small(escaped: string): Rendered {
  return { text: escaped, blocks: [context(escaped)] };
}

/** As few sections as possible. */
export function packed(lines: readonly (string | null)[]): Rendered {
  return { text: present(lines).join('\n'), blocks: sections(lines) };
}

export function buttonRow(...buttons: Button[]): Rendered {
  return { text: '', blocks: [actions(buttons)] };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: caption(text, LIMIT.header) };
}

export function option(text: string, value: string, description?: string): PlainTextOption {
  return {
    text: caption(text),
    value,
    ...(description !== undefined && { description: caption(description) }),
  };
}

export function button(actionId: string, label: string, value: string): Button {
  return { type: 'button', action_id: actionId, text: caption(label), value };
}

export function primary(one: Button): Button {
  return { ...one, style: 'primary' };
}

export function actions(elements: ActionsBlock['elements']): ActionsBlock {
  return { type: 'actions', elements };
}

type Modal = {
  id?: string;
  metadata?: string;
  /** Without `submit`, it can only be closed. */
  words: { title: string; submit?: string | null; close?: string };
  blocks: ModalView['blocks'];
};

export function modal({ id, metadata, words, blocks }: Modal, text: Text): ModalView {
  const { title, submit = null } = words;
  const ends = submit === null ? text.modal.close : text.card.buttons.cancel;
  return {
    type: 'modal',
    ...(id !== undefined && { callback_id: id }),
    ...(metadata !== undefined && { private_metadata: metadata }),
    title: caption(title, LIMIT.viewTitle),
    ...(submit !== null && { submit: caption(submit, LIMIT.viewTitle) }),
    close: caption(words.close ?? ends, LIMIT.viewTitle),
    blocks,
  };
}

export type Confirmation = { title: string; text: string; confirm: string; deny: string };

/**
 * Red: only what can't be undone asks.
 * https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
 */
export function confirmation({ title, text, confirm, deny }: Confirmation): ConfirmationDialog {
  return {
    title: caption(title, LIMIT.confirmTitle),
    text: caption(text, LIMIT.confirmText),
    confirm: caption(confirm, LIMIT.confirmButton),
    deny: caption(deny, LIMIT.confirmButton),
    style: 'danger',
  };
}

/** The size of blocks as JSON, in characters or, for a view, in bytes. */
export const charactersOf = (block: object): number => JSON.stringify(block).length;
export const bytesOf = (block: object): number => Buffer.byteLength(JSON.stringify(block));

/** The first blocks, as many as `room` takes. */
export function fitting<One extends object>(
  blocks: readonly One[],
  room: number,
  sizeOf: (block: One) => number,
): One[] {
  let left = room;
  const end = blocks.findIndex((block) => (left -= sizeOf(block)) < 0);
  return end === -1 ? [...blocks] : blocks.slice(0, end);
}

/** Packs lines into as few sections as possible, in order. Slack refuses empty ones. */
export function sections(lines: readonly (string | null)[]): SectionBlock[] {
  const packed: string[] = [];
  for (const line of present(lines)) {
    const last = packed.at(-1);
    if (last === undefined || last.length + 1 + line.length > LIMIT.sectionText) packed.push(line);
    else packed[packed.length - 1] = `${last}\n${line}`;
  }
  return packed.map(section);
}

/**
 * Slack's limits that renderers keep, in characters unless the name says otherwise.
 * https://docs.slack.dev/reference/block-kit/blocks
 * https://docs.slack.dev/reference/block-kit/block-elements
 * https://docs.slack.dev/reference/block-kit/composition-objects
 * https://docs.slack.dev/reference/views/modal-views
 */
export const LIMIT = {
  sectionText: 3000,
  header: 150,
  alert: 200,
  label: 2000,
  /** Label of a button, text and description of an option. */
  caption: 75,
  buttonValue: 2000,
  url: 3000,
  optionValue: 150,
  placeholder: 150,
  /** Options of a select. */
  options: 100,
  inputText: 3000,
  /** Options of an overflow menu. */
  overflow: 5,
  files: 10,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  viewTitle: 24,
  /** chat.update takes no longer text: https://docs.slack.dev/reference/methods/chat.update */
  messageText: 4000,
  /** All blocks of a message, as JSON, with some room: https://github.com/slackapi/bolt-js/issues/2509 */
  messageJson: 13_000,
} as const;

/** The inputs of modals: how each is drawn, and what it holds when it is sent. */

type Labelled = {
  blockId: string;
  label: string;
  hint?: string;
  optional?: boolean;
  element: InputBlock['element'];
};

export function inputBlock({ blockId, label, hint = '', optional = true, element }: Labelled): InputBlock {
  return {
    type: 'input',
    block_id: blockId,
    label: caption(label, LIMIT.label),
    ...(hint !== '' && { hint: caption(hint, LIMIT.label) }),
    optional,
    element,
  };
}

export function textElement({
  initial = '',
  placeholder = '',
  maxLength,
  multiline,
  focus = false,
}: {
  initial?: string | undefined;
  placeholder?: string | undefined;
  maxLength: number;
  multiline: boolean;
  focus?: boolean;
}): PlainTextInput {
  return {
    type: 'plain_text_input',
    action_id: INPUT,
    multiline,
    max_length: maxLength,
    ...placeholderOf(placeholder),
    ...(initial !== '' && { initial_value: initial }),
    ...(focus && { focus_on_load: true }),
  };
}

export function placeholderOf(words: string) {
  return words === '' ? {} : { placeholder: caption(words, LIMIT.placeholder) };
}

/** What each input holds, by block id: what was typed, or the values that were picked. */
export type Entered = ReadonlyMap<string, readonly string[]>;

const optionSchema = z.object({ value: z.string() });

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
const heldSchema = z
  .object({
    value: z.string().nullish(),
    selected_option: optionSchema.nullish(),
    selected_options: z.array(optionSchema).nullish(),
  })
  .transform(({ value, selected_option: one, selected_options: several }) => [
    ...[value ?? []].flat(),
    ...[one ?? [], several ?? []].flat().map((chosen) => chosen.value),
  ]);

export type UploadedFile = { id: string; name: string };

const filesSchema = z.object({ files: z.array(z.object({ id: z.string(), name: z.string().catch('') })) });

const stateSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** `view.state.values`: block id, then action id, then the element's value in its own shape. */
function elementsOf(state: unknown): [string, unknown][] {
  return Object.entries(stateSchema.parse(state)).map(([blockId, actions]) => [
    blockId,
    Object.values(actions)[0],
  ]);
}

export function readEntered(state: unknown): Entered {
  return new Map(
    elementsOf(state).map(([blockId, element]) => [blockId, heldSchema.catch([]).parse(element)]),
  );
}

/** What was uploaded in all inputs for files. */
export function readUploads(state: unknown): UploadedFile[] {
  return elementsOf(state).flatMap(([, element]) => filesSchema.safeParse(element).data?.files ?? []);
}

/** What was typed in one input. */
export function readTyped(state: unknown, blockId: string): string {
  return readEntered(state).get(blockId)?.join('').trim() ?? '';
}
