import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { CONTEXT_CHOICES } from '../../session/context.ts';
import type { Form } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import {
  ACTION,
  BLOCK,
  INPUT,
  formMetadata,
  overFormMetadata,
  reviewMetadata,
  VIEW,
  type OverFormMetadata,
} from '../edge/ids.ts';
import { formView } from '../form-view.ts';
import { pickedIn, readEntered } from '../views/form/entered.ts';
import { withAlert } from '../views/objects.ts';
import { readReview, renderReview } from '../views/review.ts';
import { checkSecretRows, readSecretRows, renderSecretForm } from '../views/secret-form.ts';
import { renderSessionForm } from '../views/session-form.ts';
import { ownForm } from './forms.ts';
import { onButton, onSubmission, orStayOpen } from './routes.ts';
import type { Tools } from './tools.ts';

type SecretFormDeps = Pick<Tools, 'forms' | 'formInbox' | 'outbound' | 'textFor'>;

/** Secrets for one session, entered one by one over its form, and sealed until it is sent. */
export function listenToSecretForm(app: App, deps: SecretFormDeps): void {
  const { forms, formInbox, outbound, textFor } = deps;

  onButton(app, ACTION.addSecrets, async ({ view, triggerId, ...sender }) => {
    if (view === null) return;
    const { unsaved, ...own } = formMetadata.read(view.metadata);
    const form = await ownForm(forms, own, sender);
    const metadata = { formId: form.id, formViewId: view.id, unsaved };
    const text = await textFor(form.userId);
    const pushed = renderSecretForm(metadata, form.secretNames ?? [], text);
    await push({ outbound, text }, { triggerId, form, pushed }, metadata);
  });

  onSubmission(app, VIEW.secrets, async ({ view, ...sender }, ack) => {
    const metadata = overFormMetadata.read(view.metadata);
    const form = await ownForm(forms, metadata, sender);
    const read = readSecretRows(view.values);
    const text = await textFor(form.userId);
    const { secrets, errors } = checkSecretRows(read, text);
    if (Object.keys(errors).length > 0) return ack({ response_action: 'errors', errors });
    const kept = await formInbox.keepSecrets(form, { secrets, kept: read.kept });
    await ack();
    await outbound.updateView(metadata.formViewId, drawn(kept, metadata, text));
  });
}

type Pushing = Pick<Tools, 'outbound'> & { text: Text };
type Pushed = { triggerId: string; form: Form; pushed: ModalView };

/** Over the form. If Slack doesn't open it, the form says so, and the failure goes to the log. */
async function push({ outbound, text }: Pushing, { triggerId, form, pushed }: Pushed, on: OverFormMetadata) {
  return orStayOpen(outbound.pushView(triggerId, pushed), async () => {
    const sentence = text.modal.notPushed(pushed.title.text);
    await outbound.updateView(on.formViewId, withAlert(drawn(form, on, text), sentence));
  });
}

/** Slack keeps what was typed, by block id. */
function drawn(form: Form, { unsaved }: OverFormMetadata, text: Text): ModalView {
  return renderSessionForm({ ...formView(form, text), unsaved }, text);
}

type ReviewDeps = Pick<Tools, 'forms' | 'outbound' | 'enqueue' | 'textFor'>;

/** The messages and files that go to Devin, shown over the form, where people can untick them. */
export function listenToReview(app: App, { forms, outbound, enqueue, textFor }: ReviewDeps): void {
  onButton(app, ACTION.review, async ({ view, triggerId, ...sender }) => {
    if (view === null) return;
    const { unsaved, ...own } = formMetadata.read(view.metadata);
    const form = await ownForm(forms, own, sender);
    if (form.context === null) return;
    const [picked] = pickedIn(readEntered(view.values), BLOCK.context);
    const choice = CONTEXT_CHOICES.find((known) => known === picked) ?? form.context.choice;
    const metadata = { formId: form.id, formViewId: view.id, unsaved, choice, page: null };
    const text = await textFor(form.userId);
    const pushed = renderReview({ metadata, items: null, without: null, instructions: null }, text);
    const { viewId } = await push({ outbound, text }, { triggerId, form, pushed }, metadata);
    if (viewId !== null) await enqueue('review-context', { viewId, ...metadata });
  });

  for (const actionId of [ACTION.reviewEarlier, ACTION.reviewLater]) {
    onButton(app, actionId, async ({ view, value, ...sender }) => {
      if (view === null) return;
      const metadata = reviewMetadata.read(view.metadata);
      const form = await ownForm(forms, metadata, sender);
      await forms.change(form.id, { without: readReview(view.values, form.without) });
      await enqueue('review-context', { viewId: view.id, ...metadata, page: Number(value) });
    });
  }

  // The submission says what is ticked; Slack only needs each click acknowledged.
  app.action({ action_id: INPUT }, async ({ ack }) => ack());

  onSubmission(app, VIEW.review, async ({ view, ...sender }, ack) => {
    const metadata = reviewMetadata.read(view.metadata);
    const form = await ownForm(forms, metadata, sender);
    const without = readReview(view.values, form.without);
    await forms.change(form.id, { without });
    await ack();
    const text = await textFor(form.userId);
    await outbound.updateView(metadata.formViewId, drawn({ ...form, without }, metadata, text));
  });
}
