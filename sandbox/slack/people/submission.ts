import { z } from 'zod';
import { answerOf, type Failure } from '../delivery/dispatch.ts';
import type { Delivery, View } from '../model.ts';
import { checkView } from '../rules/view.ts';
import { addProblem, type State } from '../state.ts';
import { closeView, replaceView } from '../views.ts';

export type Submission =
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
export function applyAnswer(submitted: Submitted): Submission {
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
  const violations = checkView(definition);
  if (violations.length > 0) return broken(submitted, violations.join('; '));
  return { kind: 'updated', view: replaceView(state, view, definition), delivery };
}

function broken({ state, delivery }: Submitted, why: string): Submission {
  addProblem(state, `the answer to a submission: ${why}`);
  return { kind: 'failed', failure: 'dispatch_failed', delivery };
}
