import type { InputBlock, PlainTextInput } from '@slack/types';
import { z } from 'zod';
import { INPUT } from '../edge/ids.ts';
import { LIMIT } from './limits.ts';
import { caption } from './objects.ts';

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

export type UploadedFile = { id: string; name: string };

/** What one input holds, whatever its element. */
type Entered =
  | { kind: 'text'; text: string }
  | { kind: 'picked'; values: string[] }
  | { kind: 'files'; files: UploadedFile[] };

/** By block id, without blocks of unknown kinds. */
export type EnteredByBlock = ReadonlyMap<string, Entered>;

const option = z.object({ value: z.string() });
const file = z.object({ id: z.string(), name: z.string().catch('') });
const text = (value: string): Entered => ({ kind: 'text', text: value });
const picked = (values: string[]): Entered => ({ kind: 'picked', values });

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
const heldSchema = z.union([
  z
    .object({ type: z.enum(['plain_text_input', 'number_input']), value: z.string().nullish() })
    .transform(({ value }) => text(value ?? '')),
  z
    .object({
      type: z.enum(['static_select', 'external_select', 'radio_buttons']),
      selected_option: option.nullish(),
    })
    .transform(({ selected_option: chosen }) => picked(chosen ? [chosen.value] : [])),
  z
    .object({
      type: z.enum(['multi_external_select', 'checkboxes']),
      selected_options: z.array(option).nullish(),
    })
    .transform(({ selected_options: chosen }) => picked((chosen ?? []).map(({ value }) => value))),
  z
    .object({ type: z.literal('file_input'), files: z.array(file).nullish() })
    .transform(({ files }): Entered => ({ kind: 'files', files: files ?? [] })),
]);

const stateSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** `view.state.values`: block id, then action id, then the element's value in its own shape. */
export function readEntered(state: unknown): EnteredByBlock {
  return new Map(
    Object.entries(stateSchema.parse(state)).flatMap(([blockId, actions]) => {
      const held = heldSchema.safeParse(Object.values(actions)[0]);
      return held.success ? [[blockId, held.data] as const] : [];
    }),
  );
}

export function typedIn(entered: EnteredByBlock, blockId: string): string {
  const held = entered.get(blockId);
  return held?.kind === 'text' ? held.text : '';
}

export function pickedIn(entered: EnteredByBlock, blockId: string): string[] {
  const held = entered.get(blockId);
  return held?.kind === 'picked' ? held.values : [];
}

export function filesIn(entered: EnteredByBlock, blockId: string): UploadedFile[] {
  const held = entered.get(blockId);
  return held?.kind === 'files' ? held.files : [];
}
