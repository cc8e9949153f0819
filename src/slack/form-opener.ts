import type { Enqueue } from '../queue/index.ts';
import type { Identity } from '../session/identity.ts';
import type { Choices } from '../session/policy/index.ts';
import type { Form, FormDescription, Forms } from '../store/forms.ts';
import type { Person } from '../store/identities.ts';
import { formButton } from './blocks/notices.ts';
import { renderSessionForm } from './blocks/session-form.ts';
import { formView } from './form-view.ts';
import type { TextFor } from './text-for.ts';
import type { ViewOpener } from './view-opener.ts';

/** Opens a form at once, with what is known; what has to be looked up follows by a job. */
export type FormOpener = (triggerId: string, form: Form) => Promise<void>;

type OpenerDeps = {
  forms: Pick<Forms, 'describe'>;
  /** null: nobody could tell in the time that Slack gives. */
  identify: (person: Person) => Promise<Identity | null>;
  /** What the policy leaves to choose; null: everything, as far as is known. Doesn't take long, whatever it finds. */
  choicesFor: (form: Form) => Promise<{ choices: Choices } | null>;
  openView: ViewOpener;
  enqueue: Enqueue;
  textFor: TextFor;
};

export function createFormOpener(deps: OpenerDeps): FormOpener {
  const { forms, identify, choicesFor, openView, enqueue, textFor } = deps;

  async function known(form: Form): Promise<FormDescription | null> {
    const { teamId, userId } = form;
    const [identity, left] = await Promise.all([identify({ teamId, userId }), choicesFor(form)]);
    return identity === null ? null : { identity, thread: 'looking', choices: left?.choices };
  }

  return async (triggerId, form) => {
    const [description, text] = await Promise.all([known(form), textFor(form.userId)]);
    if (description !== null) await forms.describe(form.id, description);
    const view = renderSessionForm(formView({ ...form, description }, text), text);
    const again = formButton(form.id, text);
    const { viewId } = await openView(triggerId, view, { what: 'form', place: placeOf(form), again });
    if (viewId !== null) await enqueue('describe-form', { formId: form.id, viewId }, {});
  };
}

function placeOf({ userId, channelId, threadTs }: Form) {
  return { userId, channelId, threadTs, responseUrl: null };
}
