import { isDeepStrictEqual } from 'node:util';
import type { ResolveIdentity } from '../identity/resolve.ts';
import { nullIfFails, type Log } from '../log.ts';
import type { Jobs, Queue } from '../queue/index.ts';
import type { SlackMessage } from '../session/context.ts';
import { mayBeTooLong, type QuotedThread } from '../session/prompt.ts';
import { chosenMessages, type ThreadReader } from '../slack/edge/context.ts';
import type { Outbound } from '../slack/edge/outbound.ts';
import type { TextFor } from '../slack/edge/text-for.ts';
import { formView } from '../slack/form-view.ts';
import { keyRefused } from '../slack/views/failures.ts';
import { pageOfPicked, renderReview, renderUnreviewable, type ReviewItem } from '../slack/views/review.ts';
import { renderSessionForm } from '../slack/views/session-form.ts';
import type { Form, FormDescription, Forms } from '../store/forms.ts';
import type { Gate } from '../trust/index.ts';

type FormsDeps = {
  queue: Pick<Queue, 'work'>;
  store: { forms: Pick<Forms, 'find' | 'describe'> };
  slack: {
    thread: Pick<ThreadReader, 'read' | 'quote'>;
    outbound: Pick<Outbound, 'updateView'>;
    textFor: TextFor;
  };
  resolve: ResolveIdentity;
  gate: Pick<Gate, 'choicesFor'>;
  log: Log;
};

const SOME = { concurrency: 4 };

/** What takes too long to be in a form when it opens. */
export function createForms(deps: FormsDeps): void {
  const { queue } = deps;
  queue.work('describe-form', async (job) => describeForm(deps, job), SOME);
  queue.work('review-context', async (job) => review(deps, job), SOME);
}

/** Fills in what a form could not know when it was opened: who it will run as, and how long the thread is. */
async function describeForm(deps: FormsDeps, { formId, viewId }: Jobs['describe-form']): Promise<void> {
  const { store, slack } = deps;
  const form = await store.forms.find(formId);
  if (form === null) return;
  await store.forms.describe(formId, await describe(deps, form));
  // Read again: "More options" may have been pressed meanwhile. What was typed stays, Slack keeps it by block id.
  const described = await store.forms.find(formId);
  if (described === null || described.description?.refusedView === viewId) return;
  const text = await slack.textFor(form.userId);
  const draw = ({ description }: Form) =>
    renderSessionForm(formView({ ...described, description }, text), text);
  const view = draw(described);
  // Slack clears the errors at a form's inputs with each update, so there is none without need: it opened like this,
  // and no earlier run of the job has changed it.
  if (form.description?.thread === 'looking' && isDeepStrictEqual(view, draw(form))) return;
  await slack.outbound.updateView(viewId, view);
}

async function describe(deps: FormsDeps, form: Form): Promise<FormDescription> {
  const { resolve, gate, log } = deps;
  const [looked, thread, choices] = await Promise.all([
    nullIfFails(resolve(form).catch(keyRefused), log, 'a form could not show who it will run as'),
    threadCounts(deps, form),
    nullIfFails(gate.choicesFor(form), log, 'a form could not ask the policy what it may say'),
  ]);
  const isRefused = looked === 'key-refused';
  return { identity: isRefused ? null : looked, keyRefused: isRefused, thread, choices };
}

async function threadCounts(
  { slack: { thread } }: FormsDeps,
  { context, userId }: Form,
): Promise<FormDescription['thread']> {
  if (context === null || context.picked.threadTs === null) return null;
  const read = await thread.read(context, userId);
  if (read.kind !== 'read') return null;
  return {
    untilHere: count(chosenMessages({ ...context, choice: 'until-here' }, read.messages)),
    whole: count(read.messages),
    unread: read.unread.thread,
    asFile: mayBeTooLong(read.messages.map(({ text: words }) => words)),
  };
}

function count(messages: SlackMessage[]): { messages: number; files: number } {
  return { messages: messages.length, files: messages.flatMap(({ files }) => files).length };
}

/** Fills in the list of what goes to Devin: every message with who wrote it, and its files. */
async function review(
  { store, slack: { thread, outbound, textFor } }: FormsDeps,
  { viewId, ...metadata }: Jobs['review-context'],
): Promise<void> {
  const form = await store.forms.find(metadata.formId);
  if (form === null || form.context === null) return;
  const text = await textFor(form.userId);
  const context = { ...form.context, choice: metadata.choice };
  const read = context.choice === 'message' ? null : await thread.read(context, form.userId);
  if (read !== null && read.kind !== 'read') {
    await outbound.updateView(viewId, renderUnreviewable(metadata, text));
    return;
  }
  const messages = read === null ? [context.picked] : chosenMessages(context, read.messages);
  const quotable = { messages, unread: 0, unticked: { messages: 0, files: 0 } };
  const items = itemsOf(messages, await thread.quote(context, quotable));
  const page = metadata.page ?? pageOfPicked(items);
  const { without } = form;
  const instructions = form.description?.choices?.instructions ?? null;
  const shown = { metadata: { ...metadata, page }, items, without, instructions };
  await outbound.updateView(viewId, renderReview(shown, text));
}

function itemsOf(messages: readonly SlackMessage[], { messages: quoted }: QuotedThread): ReviewItem[] {
  return messages.flatMap(({ ts, files }, at): ReviewItem[] => {
    const message = quoted[at];
    if (message === undefined) return [];
    const { author, authorKind } = message;
    return [
      { kind: 'message', id: ts, message },
      ...files.map(({ id, name }) => ({ kind: 'file' as const, id, name, author, authorKind })),
    ];
  });
}
