import type { App } from '@slack/bolt';
import { TooLateError } from '../../store/deadline.ts';
import type { Forms } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import { readSessionForm } from '../blocks/session-form.ts';
import { readFormMetadata, VIEW } from '../ids.ts';
import type { Intake } from '../intake.ts';

type ViewDeps = {
  forms: Pick<Forms, 'find'>;
  intake: Intake;
  /** Off where the organization enforces its own tags. */
  tagRequests: boolean;
  text: Text;
};

export function listenToViews(app: App, { forms, intake, tagRequests, text }: ViewDeps): void {
  app.view({ callback_id: VIEW.form, type: 'view_submission' }, async ({ view, body, ack }) => {
    const { formId, expanded } = readFormMetadata(view.private_metadata);
    const form = await forms.find(formId);
    const rules = { expanded, faults: form?.faults ?? {}, ownTag: tagRequests };
    const read = readSessionForm(view.state.values, rules, text);
    if (form === null || Object.keys(read.errors).length > 0) {
      await ack({
        response_action: 'errors',
        errors: form === null ? atFirstInput(view, text.modal.expired) : read.errors,
      });
      return;
    }
    try {
      const { draft, contextChoice: choice, fileIds } = read;
      await intake.acceptForm(form, { viewId: view.id, userId: body.user.id, draft, choice, fileIds });
    } catch (error) {
      // The form stays open with everything in it.
      await ack({ response_action: 'errors', errors: atFirstInput(view, unsaved(error, text)) });
      throw error;
    }
    // The request is on disk: whatever happens from here on, it is not lost.
    await ack();
  });
}

function unsaved(error: unknown, { command }: Text): string {
  const isUnclear = error instanceof TooLateError && error.mayBeWritten;
  return isUnclear ? command.notConfirmed.problem : command.notRecorded;
}

/** Slack shows an error at an input only; the first one will do. */
function atFirstInput(view: { state: { values: object } }, sentence: string): Record<string, string> {
  const [block] = Object.keys(view.state.values);
  return block === undefined ? {} : { [block]: sentence };
}
