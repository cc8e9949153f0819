import type { App } from '@slack/bolt';
import type { Form, Forms } from '../../store/forms.ts';
import { checkSecretRows, readSecretRows, renderSecretForm } from '../blocks/secret-form.ts';
import { renderSessionForm } from '../blocks/session-form.ts';
import { formView } from '../form-view.ts';
import { ACTION, readFormMetadata, readOverFormMetadata, VIEW } from '../ids.ts';
import type { Intake } from '../intake.ts';
import type { Outbound } from '../outbound.ts';
import type { TextFor } from '../text-for.ts';
import type { ReadUploadedText } from '../uploaded-text.ts';
import { onButton } from './press.ts';

type SecretFormDeps = {
  forms: Pick<Forms, 'find'>;
  intake: Pick<Intake, 'keepSecrets'>;
  /** Does not take long, whatever it finds. */
  readUploadedText: ReadUploadedText;
  outbound: Pick<Outbound, 'pushView' | 'updateView'>;
  textFor: TextFor;
};

/** Secrets for one session, entered one by one over its form and kept sealed until it is sent. */
export function listenToSecretForm(app: App, deps: SecretFormDeps): void {
  const { forms, intake, readUploadedText, outbound, textFor } = deps;

  async function ownForm(formId: string, { user }: { user: { id: string } }): Promise<Form | null> {
    const form = await forms.find(formId);
    return form !== null && form.userId === user.id ? form : null;
  }

  onButton(app, ACTION.addSecrets, async ({ body }) => {
    const { view } = body;
    if (view === undefined) return;
    const form = await ownForm(readFormMetadata(view.private_metadata).formId, body);
    if (form === null) return;
    const metadata = { formId: form.id, formViewId: view.id };
    const text = await textFor(body.user.id);
    await outbound.pushView(body.trigger_id, renderSecretForm(metadata, form.secretNames ?? [], text));
  });

  app.view({ callback_id: VIEW.secrets, type: 'view_submission' }, async ({ view, body, ack }) => {
    const { formId, formViewId } = readOverFormMetadata(view.private_metadata);
    const form = await ownForm(formId, body);
    if (form === null) return ack();
    const read = readSecretRows(view.state.values);
    const uploads = read.rows.flatMap(({ row, fileId }) => (fileId === null ? [] : [{ row, fileId }]));
    const texts = await Promise.all(
      uploads.map(async ({ row, fileId }) => [row, await readUploadedText(fileId)] as const),
    );
    const text = await textFor(body.user.id);
    const { secrets, errors } = checkSecretRows(read, new Map(texts), text);
    if (Object.keys(errors).length > 0) return ack({ response_action: 'errors', errors });
    const kept = await intake.keepSecrets(form, { secrets, kept: read.kept });
    await ack();
    // What was typed stays: Slack keeps it by block id.
    await outbound.updateView(formViewId, renderSessionForm(formView(kept, text), text));
  });
}
