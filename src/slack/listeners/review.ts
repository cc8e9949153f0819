import type { App } from '@slack/bolt';
import type { Enqueue } from '../../queue/index.ts';
import { CONTEXT_CHOICES } from '../../session/context.ts';
import type { Without } from '../../session/context.ts';
import type { Form, Forms } from '../../store/forms.ts';
import { pickedIn, readEntered } from '../blocks/form/entered.ts';
import { readReview, renderReview } from '../blocks/review.ts';
import { renderSessionForm } from '../blocks/session-form.ts';
import { formView } from '../form-view.ts';
import { ACTION, BLOCK, INPUT, readFormMetadata, readReviewMetadata, VIEW } from '../ids.ts';
import type { Outbound } from '../outbound.ts';
import type { TextFor } from '../text-for.ts';
import { onButton } from './press.ts';

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
