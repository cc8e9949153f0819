import { z } from 'zod';
import { answerOf, failureOf, type Dispatch, type Failure } from '../delivery/dispatch.ts';
import type { Delivery, Option, StateValue, View } from '../model.ts';
import type { Block } from '../rules/blocks.ts';
import type { InputElement } from '../rules/elements.ts';
import { checkView } from '../rules/view.ts';
import { addProblem, addTrigger, requireOpenView, type State } from '../state.ts';
import { isBlank, isHolding } from '../view-state.ts';
import { closeView, replaceView, viewPayload } from '../views.ts';
import { enter, readSuggestions, type Entry } from './entries.ts';
import { payloadBase } from './payload.ts';

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */

const DEFAULT_MIN_QUERY = 3;

type InputBlock = Extract<Block, { type: 'input' }>;

export function createForms({ state, dispatch }: { state: State; dispatch: Dispatch }) {
  /** To external selects, by view and block. */
  const offered = new Map<string, Option[]>();
  const offeredTo = (viewId: string, blockId: string): Option[] => offered.get(`${viewId}/${blockId}`) ?? [];
  return {
    /** Keys: block ids, or labels as the person reads them. Nothing is sent. */
    typeIn(viewId: string, entries: Record<string, Entry>): void {
      const view = requireOpenView(state, viewId);
      for (const [key, entry] of Object.entries(entries)) {
        const { block_id: blockId = '', element } = inputOf(view, key);
        const { action_id: actionId = '' } = element;
        if (!isHolding(element)) continue;
        const value = enter({ state, element, offered: offeredTo(viewId, blockId) }, entry);
        view.values[blockId] = { ...view.values[blockId], [actionId]: value };
      }
      state.changes.emit({ kind: 'view', viewId });
    },

    async submit(viewId: string, userId: string): Promise<Submission> {
      const view = requireOpenView(state, viewId);
      const errors = clientErrors(view);
      view.errors = errors;
      if (Object.keys(errors).length > 0) return { kind: 'invalid', errors, delivery: null };
      const delivery = await dispatch.deliver('interactive', {
        type: 'view_submission',
        ...payloadBase(state, userId),
        trigger_id: addTrigger(state, { userId, viewId }),
        view: viewPayload(state, view),
        response_urls: [],
      });
      const failure = failureOf(delivery);
      return failure === null
        ? applyAnswer({ state, view, delivery })
        : { kind: 'failed', failure, delivery };
    },

    /** The X or the close button; the app isn't told. */
    closeView: (viewId: string): void => closeView(state, requireOpenView(state, viewId)),

    /** Typing in an external select. Below its min_query_length Slack does not ask the app. */
    async suggest(viewId: string, key: string, value: string): Promise<Option[]> {
      const view = requireOpenView(state, viewId);
      const { element, block_id: blockId = '' } = inputOf(view, key);
      if (element.type !== 'external_select' && element.type !== 'multi_external_select') {
        throw new Error(`${key} suggests nothing.`);
      }
      if (value.length < (element.min_query_length ?? DEFAULT_MIN_QUERY)) return [];
      const delivery = await dispatch.deliver('interactive', {
        type: 'block_suggestion',
        ...payloadBase(state, view.userId),
        container: { type: 'view', view_id: view.id },
        action_id: element.action_id ?? '',
        block_id: blockId,
        value,
        view: viewPayload(state, view),
      });
      const options = failureOf(delivery) === null ? readSuggestions(answerOf(delivery)) : [];
      if (options === null)
        addProblem(state, `bad options for ${blockId}: ${JSON.stringify(answerOf(delivery))}`);
      offered.set(`${viewId}/${blockId}`, [...offeredTo(viewId, blockId), ...(options ?? [])]);
      return options ?? [];
    },
  };
}

function inputOf(view: View, key: string): InputBlock {
  const inputs = view.definition.blocks.filter((block) => block.type === 'input');
  const found =
    inputs.find((block) => block.block_id === key) ?? inputs.find((block) => block.label.text === key);
  if (found !== undefined) return found;
  const known = inputs.map((block) => block.block_id).join(', ');
  throw new Error(`The view has no input "${key}"; it has ${known}.`);
}

type Submission =
  /** Refused by Slack's client; the app never got it. */
  | { kind: 'invalid'; errors: Record<string, string>; delivery: null }
  | { kind: 'errors'; errors: Record<string, string>; delivery: Delivery }
  | { kind: 'closed'; delivery: Delivery }
  | { kind: 'updated'; view: View; delivery: Delivery }
  | { kind: 'failed'; failure: Failure; delivery: Delivery };

/** Those that the app uses. https://docs.slack.dev/surfaces/modals#response_actions */
const answerSchema = z
  .discriminatedUnion('response_action', [
    z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
    z.object({ response_action: z.literal('update'), view: z.unknown() }),
  ])
  .nullable();

type Submitted = { state: State; view: View; delivery: Delivery };

/** Applies the app's answer to the screen; an empty answer closes the modal. */
function applyAnswer(submitted: Submitted): Submission {
  const { state, view, delivery } = submitted;
  const parsed = answerSchema.safeParse(answerOf(delivery));
  if (!parsed.success) return broken(submitted, z.prettifyError(parsed.error));
  const answer = parsed.data;
  if (answer === null) {
    closeView(state, view);
    return { kind: 'closed', delivery };
  }
  return answer.response_action === 'errors'
    ? showErrors(submitted, answer.errors)
    : showView(submitted, answer.view);
}

/** Errors may name input blocks only; anything else breaks the whole answer. */
function showErrors(submitted: Submitted, errors: Record<string, string>): Submission {
  const { state, view, delivery } = submitted;
  const inputs = new Set(
    view.definition.blocks.map((block) => (block.type === 'input' ? block.block_id : undefined)),
  );
  const named = Object.keys(errors);
  const stray = named.filter((blockId) => !inputs.has(blockId));
  if (named.length === 0) return broken(submitted, 'no errors');
  if (stray.length > 0) return broken(submitted, `errors for blocks that are no inputs: ${stray.join(', ')}`);
  view.errors = errors;
  state.changes.emit({ kind: 'view', viewId: view.id });
  return { kind: 'errors', errors, delivery };
}

function showView(submitted: Submitted, definition: unknown): Submission {
  const { state, view, delivery } = submitted;
  const violations = checkView(definition, 'modal');
  if (violations.length > 0) return broken(submitted, violations.join('; '));
  return { kind: 'updated', view: replaceView(state, view, definition), delivery };
}

function broken({ state, delivery }: Submitted, why: string): Submission {
  addProblem(state, `the answer to a submission: ${why}`);
  return { kind: 'failed', failure: 'dispatch_failed', delivery };
}

/** What Slack's client refuses by itself, before it sends the submission. By block id. */
function clientErrors(view: View): Record<string, string> {
  return Object.fromEntries(
    view.definition.blocks.flatMap((block) => {
      const error = block.type === 'input' ? inputError(block, view) : null;
      return error === null ? [] : [[block.block_id ?? '', error]];
    }),
  );
}

function inputError(block: InputBlock, view: View): string | null {
  const { element } = block;
  const held = view.values[block.block_id ?? '']?.[element.action_id ?? ''];
  if (held === undefined) return null;
  if (isBlank(held)) return block.optional === true ? null : 'Please complete this required field.';
  return contentError(element, held);
}

function contentError(element: InputElement, held: StateValue): string | null {
  const text = typeof held['value'] === 'string' ? held['value'] : '';
  if (element.type === 'plain_text_input') return lengthError(element, text);
  if (element.type === 'number_input') return numberError(element, text);
  if (element.type === 'file_input') return tooMany(held['files'], element.max_files ?? 10);
  return null;
}

function lengthError(
  { max_length = 3000 }: { max_length?: number | undefined },
  text: string,
): string | null {
  return text.length > max_length ? `This field must be at most ${max_length} characters.` : null;
}

function numberError(element: Extract<InputElement, { type: 'number_input' }>, text: string): string | null {
  const number = Number(text);
  if (!Number.isInteger(number)) return 'Please enter a whole number.';
  if (number < Number(element.min_value ?? -Infinity)) return `Must be at least ${element.min_value}.`;
  return number > Number(element.max_value ?? Infinity) ? `Must be at most ${element.max_value}.` : null;
}

function tooMany(list: unknown, most: number): string | null {
  return Array.isArray(list) && list.length > most ? `Select at most ${most}.` : null;
}
