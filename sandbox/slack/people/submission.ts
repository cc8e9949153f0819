import { z } from 'zod';
import { answerOf, type Failure } from '../delivery/dispatch.ts';
import type { Delivery, View } from '../model.ts';
import { LIMIT } from '../rules/limits.ts';
import { checkView } from '../rules/view.ts';
import { addProblem, type State } from '../state.ts';
import { addView, closeView, replaceView, viewStack } from '../views.ts';

export type Submission =
  /** Refused by Slack's client; the app never got it. */
  | { kind: 'invalid'; errors: Record<string, string>; delivery: null }
  | { kind: 'errors'; errors: Record<string, string>; delivery: Delivery }
  | { kind: 'closed' | 'cleared'; delivery: Delivery }
  | { kind: 'updated' | 'pushed'; view: View; delivery: Delivery }
  | { kind: 'failed'; failure: Failure; delivery: Delivery };

/** https://docs.slack.dev/surfaces/modals#response_actions */
const answerSchema = z
  .discriminatedUnion('response_action', [
    z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
    z.object({ response_action: z.enum(['update', 'push']), view: z.unknown() }),
    z.object({ response_action: z.literal('clear') }),
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
  if (answer.response_action === 'errors') return showErrors(submitted, answer.errors);
  if (answer.response_action !== 'clear') return showView(submitted, answer);
  for (const stacked of viewStack(state, view)) closeView(state, stacked);
  return { kind: 'cleared', delivery };
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

type ViewAnswer = { response_action: 'update' | 'push'; view?: unknown };

function showView(submitted: Submitted, { response_action, view: definition }: ViewAnswer): Submission {
  const { state, view, delivery } = submitted;
  const violations = checkView(definition);
  if (violations.length > 0) return broken(submitted, violations.join('; '));
  if (response_action === 'update') {
    return { kind: 'updated', view: replaceView(state, view, definition), delivery };
  }
  if (viewStack(state, view).length >= LIMIT.viewStack) return broken(submitted, 'more than three views');
  const { userId, channelId } = view;
  const pushed = addView(state, { definition, userId, channelId, previous: view });
  return { kind: 'pushed', view: pushed, delivery };
}

function broken({ state, delivery }: Submitted, why: string): Submission {
  addProblem(state, `the answer to a submission: ${why}`);
  return { kind: 'failed', failure: 'dispatch_failed', delivery };
}
