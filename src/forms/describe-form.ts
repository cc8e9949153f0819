import { isDeepStrictEqual } from 'node:util';
import type { ResolveIdentity } from '../identity/resolve.ts';
import { nullIfFails, type Log } from '../log.ts';
import type { SlackMessage } from '../session/context.ts';
import { mayBeTooLong } from '../session/prompt.ts';
import { renderSessionForm } from '../slack/blocks/session-form.ts';
import { chosenMessages, type ThreadReader } from '../slack/context.ts';
import { formView } from '../slack/form-view.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Form, FormDescription, Forms } from '../store/forms.ts';
import type { Gate } from '../trust/index.ts';

type DescribeDeps = {
  forms: Pick<Forms, 'find' | 'describe'>;
  resolve: ResolveIdentity;
  thread: Pick<ThreadReader, 'read'>;
  gate: Pick<Gate, 'choicesFor'>;
  outbound: Pick<Outbound, 'updateView'>;
  textFor: TextFor;
  log: Log;
};

/** Fills in what a form could not know when it was opened: who it will run as, and how long the thread is. */
export function createFormDescriber(deps: DescribeDeps) {
  const { forms, resolve, thread, gate, outbound, textFor, log } = deps;

  async function describe(form: Form): Promise<FormDescription> {
    const [identity, counts, left] = await Promise.all([
      nullIfFails(resolve(form), log, 'a form could not show who it will run as'),
      threadCounts(form),
      nullIfFails(gate.choicesFor(form), log, 'a form could not ask the policy what it may offer'),
    ]);
    return { identity, thread: counts, choices: left?.choices };
  }

  async function threadCounts({ context, userId }: Form): Promise<FormDescription['thread']> {
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

  return async (formId: string, viewId: string): Promise<void> => {
    const form = await forms.find(formId);
    if (form === null) return;
    await forms.describe(formId, await describe(form));
    // Read again: "More options" may have been pressed meanwhile. What was typed stays, Slack keeps it by block id.
    const described = await forms.find(formId);
    if (described === null || described.description?.refusedView === viewId) return;
    const text = await textFor(form.userId);
    const draw = ({ description }: Form) =>
      renderSessionForm(formView({ ...described, description }, text), text);
    const view = draw(described);
    // Slack clears the errors at a form's inputs with each update, so there is none without need: it opened like this,
    // and no earlier run of the job has changed it.
    if (form.description?.thread === 'looking' && isDeepStrictEqual(view, draw(form))) return;
    await outbound.updateView(viewId, view);
  };
}

function count(messages: SlackMessage[]): { messages: number; files: number } {
  return { messages: messages.length, files: messages.flatMap(({ files }) => files).length };
}
