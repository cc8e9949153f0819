import type { ContextBlock } from '@slack/types';
import { z } from 'zod';
import { fields, type Field, type FieldGroup, type FieldValues } from '../../../session/fields.ts';
import type { Announcement, Choices } from '../../../session/policy/form.ts';
import type { Text } from '../../../text/index.ts';
import { row, shownValue, withWhy } from '../details-values.ts';
import { context } from '../objects.ts';

/** What one input holds, whatever its element: text, or picked values (options, files). */
export type Entered = { kind: 'text'; text: string } | { kind: 'picked'; values: string[] };

/** By block id, without blocks of unknown kinds. */
export type EnteredByBlock = ReadonlyMap<string, Entered>;

const option = z.object({ value: z.string() });
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
    .object({ type: z.literal('file_input'), files: z.array(z.object({ id: z.string() })).nullish() })
    .transform(({ files }) => picked((files ?? []).map(({ id }) => id))),
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

/** Groups that "More options" adds, in order. */
export const MORE_GROUPS = [
  'about',
  'guidance',
  'access',
  'files',
  'result',
  'machine',
] as const satisfies FieldGroup[];

export function shownFields(expanded: boolean): Field[] {
  return fields.filter(({ group }) => expanded || group === 'main');
}

/** What the policy says about a field. */
export type Allowed = {
  modes: Choices['modes'];
  /** The highest cap of a session; null: any. */
  most: number | null;
  announcements: readonly Announcement[];
};

/** There is no policy. */
export const ANYTHING: Allowed = { modes: {}, most: null, announcements: [] };

export function allowedFor({ input, key }: Field, choices: Choices | null): Allowed {
  if (choices === null) return ANYTHING;
  const { modes, most, announcements } = choices;
  return {
    modes: input.kind === 'choice' ? modes : {},
    most: input.kind === 'number' ? most : null,
    announcements: announcements.filter(({ field }) => field === key),
  };
}

/** The value that the policy sets here, in place of an input; none if it sets none. */
export function setLine({ key }: Field, choices: Choices | null, text: Text): ContextBlock[] {
  const { [key]: value }: FieldValues = choices?.set ?? {};
  const label = withWhy(text.fields[key].label, 'policy', text);
  return value === undefined ? [] : [context(row(label, shownValue(value, text)))];
}
