import type { App } from '@slack/bolt';
import { TooLateError } from '../../store/deadline.ts';
import type { FieldKey } from '../../session/fields.ts';
import { faultsSchema } from '../../session/faults.ts';
import type { Faults } from '../../session/faults.ts';
import type { Form, Forms } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import type { TextFile } from '../blocks/form/text-files.ts';
import { readSessionForm, textFilesIn, withTextFiles } from '../blocks/session-form.ts';
import { readFormMetadata, VIEW } from '../ids.ts';
import type { Intake } from '../intake.ts';
import { withAlert } from './alert.ts';
import type { TextFor } from '../text-for.ts';
import type { ReadUploadedText, UploadedText } from '../uploaded-text.ts';

type ViewDeps = {
  forms: Pick<Forms, 'find'>;
  intake: Intake;
  /** Off where the organization enforces its own tags. */
  tagRequests: boolean;
  /** Does not take long, whatever it finds. */
  readUploadedText: ReadUploadedText;
  textFor: TextFor;
};

export function listenToViews(
  app: App,
  { forms, intake, tagRequests, readUploadedText, textFor }: ViewDeps,
): void {
  app.view({ callback_id: VIEW.form, type: 'view_submission' }, async ({ view, body, ack }) => {
    const refuse = async (sentence: string): Promise<void> =>
      ack({ response_action: 'update', view: withAlert(view, sentence) });
    const text = await textFor(body.user.id);
    const { formId, expanded } = readFormMetadata(view.private_metadata);
    const form = await forms.find(formId);
    if (form === null) return refuse(text.modal.expired);
    const rules = { expanded, faults: faultsIn(form), ownTag: tagRequests };
    const texts = await readFiles(textFilesIn(view.state.values), readUploadedText);
    const typed = readSessionForm(view.state.values, rules, text);
    const read = withTextFiles(typed, { state: view.state.values, texts }, { rules, text });
    if (Object.keys(read.errors).length > 0) return ack({ response_action: 'errors', errors: read.errors });
    try {
      const { draft, contextChoice: choice, fileIds } = read;
      await intake.acceptForm(form, { viewId: view.id, userId: body.user.id, draft, choice, fileIds });
    } catch (error) {
      // The form stays open with everything in it.
      await refuse(unsaved(error, text));
      throw error;
    }
    // The request is on disk: whatever happens from here on, it is not lost.
    return ack();
  });
}

/** Of what is asked for: what the policy sets has no input, and nothing to correct. */
function faultsIn({ faults, description }: Form): Faults {
  const set = new Set(Object.keys(description?.choices?.set ?? {}));
  return faultsSchema.parse(
    Object.fromEntries(Object.entries(faults ?? {}).filter(([key]) => !set.has(key))),
  );
}

async function readFiles(
  files: readonly TextFile[],
  readUploadedText: ReadUploadedText,
): Promise<Map<FieldKey, UploadedText>> {
  const read = files.map(async ({ key, fileId }) => [key, await readUploadedText(fileId)] as const);
  return new Map(await Promise.all(read));
}

function unsaved(error: unknown, { command }: Text): string {
  const isUnclear = error instanceof TooLateError && error.mayBeWritten;
  return isUnclear ? command.notConfirmed.problem : command.notRecorded;
}
