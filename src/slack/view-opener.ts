import type { Button, ModalView } from '@slack/types';
import type { Enqueue } from '../queue/index.ts';
import type { Choices } from '../session/policy/choices.ts';
import type { Form, FormDescription, Forms } from '../store/forms.ts';
import type { IdentifyInTime } from './authority.ts';
import { formButton, unopened, type Unopened, type WhyUnopened } from './blocks/notices.ts';
import { renderSessionForm } from './blocks/session-form.ts';
import { slackFailure } from './errors.ts';
import { formView } from './form-view.ts';
import type { Outbound, PrivatePlace } from './outbound.ts';
import { privatePlace, type Place } from './places.ts';
import type { TextFor } from './text-for.ts';

/** What to say, and where, if Slack doesn't open it. `again`: the button that opens it. */
export type Opening = { what: Unopened; place: PrivatePlace; again: Button };

/** `viewId` null: it is open, but Slack didn't name it. */
export type ViewOpener = (
  triggerId: string,
  view: ModalView,
  opening: Opening,
) => Promise<{ viewId: string | null }>;

type OpenerDeps = { outbound: Pick<Outbound, 'openView' | 'tellPrivately'>; textFor: TextFor };

/** A trigger works once, for 3 s; the notice's button brings a new one. */
export function createViewOpener({ outbound, textFor }: OpenerDeps): ViewOpener {
  return async (triggerId, view, { what, place, again }) =>
    outbound.openView(triggerId, view).catch(async (error: unknown) => {
      const why = whyUnopened(error);
      await outbound.tellPrivately(place, unopened({ what, why, again }, await textFor(place.userId)));
      throw error;
    });
}

/** Something was opened with this trigger before. https://docs.slack.dev/reference/methods/views.open#errors */
const SPENT_TRIGGER = 'exchanged_trigger_id';

function whyUnopened(error: unknown): WhyUnopened {
  const failure = slackFailure(error);
  return failure.kind === 'refused' && failure.code === SPENT_TRIGGER ? 'unclear' : failure.kind;
}

/** Who asked for the form, and where: not always where its card goes. */
type Asked = Place & { triggerId: string };

/** Opens a form at once with what is known; a job adds what has to be looked up. */
export type FormOpener = (asked: Asked, form: Form) => Promise<void>;

type FormOpenerDeps = {
  forms: Pick<Forms, 'describe'>;
  identify: IdentifyInTime;
  /** What the policy allows; null: everything, as far as is known. Doesn't take long, whatever it finds. */
  choicesFor: (form: Form) => Promise<{ choices: Choices } | null>;
  openView: ViewOpener;
  enqueue: Enqueue;
  textFor: TextFor;
};

export function createFormOpener(deps: FormOpenerDeps): FormOpener {
  const { forms, identify, choicesFor, openView, enqueue, textFor } = deps;

  async function known(form: Form): Promise<FormDescription | null> {
    const { teamId, userId } = form;
    const [identity, left] = await Promise.all([identify({ teamId, userId }), choicesFor(form)]);
    return identity === null ? null : { identity, thread: 'looking', choices: left?.choices };
  }

  return async ({ triggerId, ...asked }, form) => {
    const [description, text] = await Promise.all([known(form), textFor(form.userId)]);
    if (description !== null) await forms.describe(form.id, description);
    const view = renderSessionForm(formView({ ...form, description }, text), text);
    const opening = { what: 'form', place: privatePlace(asked), again: formButton(form.id, text) } as const;
    const { viewId } = await openView(triggerId, view, opening);
    if (viewId !== null) await enqueue('describe-form', { formId: form.id, viewId });
  };
}
