import type { Enqueue } from '../jobs/queue.ts';
import type { Form } from '../store/forms.ts';
import type { Text } from '../text/index.ts';
import { refusal } from './blocks/notices.ts';
import { renderSessionForm } from './blocks/session-form.ts';
import { formView } from './form-view.ts';
import type { Outbound } from './outbound.ts';

/** Opens a form at once, with what is known; what has to be looked up follows by a job. */
export type FormOpener = (triggerId: string, form: Form) => Promise<void>;

type OpenerDeps = {
  outbound: Pick<Outbound, 'openView' | 'tellPrivately'>;
  enqueue: Enqueue;
  text: Text;
};

export function createFormOpener({ outbound, enqueue, text }: OpenerDeps): FormOpener {
  return async (triggerId, form) => {
    const view = renderSessionForm(formView(form, text), text);
    const opened = await outbound.openView(triggerId, view).catch(async (error: unknown) => {
      await outbound.tellPrivately(placeOf(form), notSureItOpened(form.id, text));
      throw error;
    });
    if (opened.viewId !== null) {
      await enqueue('describe-form', { formId: form.id, viewId: opened.viewId }, {});
    }
  };
}

function placeOf({ user_id: userId, channel_id: channelId, thread_ts: threadTs }: Form) {
  return { userId, channelId, threadTs, responseUrl: null };
}

/** A trigger works once, and for 3 s; the button of the notice brings another one. */
function notSureItOpened(formId: string, text: Text) {
  const { title, problem } = text.notices.formNotOpened;
  return refusal({ title, problems: [problem], typed: null, formId }, text);
}
