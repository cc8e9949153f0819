import type { App, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Enqueue } from '../../queue/index.ts';
import { CONTEXT_CHOICES } from '../../session/context.ts';
import type { Without } from '../../session/context.ts';
import { faultsSchema } from '../../session/failure.ts';
import type { Faults } from '../../session/failure.ts';
import type { FieldKey } from '../../session/fields.ts';
import { TooLateError } from '../../store/commit.ts';
import type { Form, Forms } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import { pickedIn, readEntered } from '../blocks/form/entered.ts';
import type { TextFile } from '../blocks/form/text-files.ts';
import { LIMIT } from '../blocks/limits.ts';
import { alert, caption } from '../blocks/objects.ts';
import { readReview, renderReview } from '../blocks/review.ts';
import { checkSecretRows, readSecretRows, renderSecretForm } from '../blocks/secret-form.ts';
import { readSessionForm, renderSessionForm, textFilesIn, withTextFiles } from '../blocks/session-form.ts';
import type { ReadUploadedText, UploadedText } from '../files.ts';
import { formView } from '../form-view.ts';
import {
  ACTION,
  BLOCK,
  INPUT,
  readFormMetadata,
  readOverFormMetadata,
  readReviewMetadata,
  VIEW,
} from '../ids.ts';
import type { Intake } from '../intake.ts';
import type { Outbound } from '../outbound.ts';
import type { TextFor } from '../text-for.ts';
import { onButton } from './press.ts';

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

/** The form as it is, with what is wrong with the whole of it on top. Slack keeps what was typed, by block id. */
export function withAlert(view: ViewOutput, sentence: string): ModalView {
  const { callback_id, private_metadata, title, blocks } = view;
  const others = blocks.filter(({ block_id: id }) => id !== BLOCK.alert);
  return {
    type: 'modal',
    callback_id,
    private_metadata,
    title: caption(title.text, LIMIT.viewTitle),
    ...(view.submit !== null && { submit: caption(view.submit.text, LIMIT.viewTitle) }),
    ...(view.close !== null && { close: caption(view.close.text, LIMIT.viewTitle) }),
    blocks: [{ ...alert(sentence, 'error'), block_id: BLOCK.alert }, ...others],
  };
}

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

type ReviewDeps = {
  forms: Pick<Forms, 'find' | 'leaveOut'>;
  outbound: Pick<Outbound, 'pushView' | 'updateView'>;
  enqueue: Enqueue;
  textFor: TextFor;
};

const NOTHING: Without = { messages: [], files: [] };

/** What goes to Devin with a task: shown message by message over the form, and unticked there. */
export function listenToReview(app: App, { forms, outbound, enqueue, textFor }: ReviewDeps): void {
  async function ownForm(formId: string, { user }: { user: { id: string } }): Promise<Form | null> {
    const form = await forms.find(formId);
    return form !== null && form.userId === user.id ? form : null;
  }

  onButton(app, ACTION.review, async ({ body }) => {
    const { view } = body;
    if (view === undefined) return;
    const form = await ownForm(readFormMetadata(view.private_metadata).formId, body);
    if (form === null || form.context === null) return;
    const [picked] = pickedIn(readEntered(view.state.values), BLOCK.context);
    const choice = CONTEXT_CHOICES.find((known) => known === picked) ?? form.context.choice;
    const metadata = { formId: form.id, formViewId: view.id, choice, page: null };
    const text = await textFor(body.user.id);
    const loading = renderReview({ metadata, items: null, without: NOTHING, instructions: null }, text);
    const { viewId } = await outbound.pushView(body.trigger_id, loading);
    if (viewId !== null) await enqueue('review-context', { viewId, ...metadata }, {});
  });

  for (const actionId of [ACTION.reviewEarlier, ACTION.reviewLater]) {
    onButton(app, actionId, async ({ body, action }) => {
      const { view } = body;
      if (view === undefined) return;
      const metadata = readReviewMetadata(view.private_metadata);
      const form = await ownForm(metadata.formId, body);
      if (form === null) return;
      await forms.leaveOut(form.id, readReview(view.state.values, form.without ?? NOTHING));
      await enqueue('review-context', { viewId: view.id, ...metadata, page: Number(action.value) }, {});
    });
  }

  // What is ticked comes with the submission; Slack only wants each click acknowledged.
  app.action({ block_id: /^review\./, action_id: INPUT }, async ({ ack }) => ack());

  app.view({ callback_id: VIEW.review, type: 'view_submission' }, async ({ view, body, ack }) => {
    const { formId, formViewId } = readReviewMetadata(view.private_metadata);
    const form = await ownForm(formId, body);
    if (form === null) return ack();
    const without = readReview(view.state.values, form.without ?? NOTHING);
    await forms.leaveOut(form.id, without);
    await ack();
    // What was typed stays: Slack keeps it by block id.
    const text = await textFor(body.user.id);
    await outbound.updateView(formViewId, renderSessionForm(formView({ ...form, without }, text), text));
  });
}
