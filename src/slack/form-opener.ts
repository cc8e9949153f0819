import type { Enqueue } from '../jobs/queue.ts';
import type { Form } from '../store/forms.ts';
import type { Text } from '../text/index.ts';
import { renderSessionForm } from './blocks/session-form.ts';
import { formView } from './form-view.ts';
import type { Outbound } from './outbound.ts';

/** Opens a form at once, with what is known; what has to be looked up follows by a job. */
export type FormOpener = (triggerId: string, form: Form) => Promise<void>;

export function createFormOpener(deps: {
  outbound: Pick<Outbound, 'openView'>;
  enqueue: Enqueue;
  text: Text;
}): FormOpener {
  return async (triggerId, form) => {
    const view = renderSessionForm(formView(form, deps.text), deps.text);
    const { viewId } = await deps.outbound.openView(triggerId, view);
    if (viewId !== null) await deps.enqueue('describe-form', { formId: form.id, viewId }, {});
  };
}
