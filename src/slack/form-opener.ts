import type { Enqueue } from '../jobs/queue.ts';
import type { Form } from '../store/forms.ts';
import type { Text } from '../text/index.ts';
import { formButton } from './blocks/notices.ts';
import { renderSessionForm } from './blocks/session-form.ts';
import { formView } from './form-view.ts';
import type { ViewOpener } from './view-opener.ts';

/** Opens a form at once, with what is known; what has to be looked up follows by a job. */
export type FormOpener = (triggerId: string, form: Form) => Promise<void>;

type OpenerDeps = { openView: ViewOpener; enqueue: Enqueue; text: Text };

export function createFormOpener({ openView, enqueue, text }: OpenerDeps): FormOpener {
  return async (triggerId, form) => {
    const view = renderSessionForm(formView(form, text), text);
    const again = formButton(form.id, text);
    const { viewId } = await openView(triggerId, view, { what: 'form', place: placeOf(form), again });
    if (viewId !== null) await enqueue('describe-form', { formId: form.id, viewId }, {});
  };
}

function placeOf({ user_id: userId, channel_id: channelId, thread_ts: threadTs }: Form) {
  return { userId, channelId, threadTs, responseUrl: null };
}
