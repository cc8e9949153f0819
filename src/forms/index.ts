import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Log } from '../log.ts';
import type { Jobs, Queue } from '../queue/index.ts';
import type { SlackMessage } from '../session/context.ts';
import type { QuotedThread } from '../session/prompt.ts';
import { pageOfPicked, renderReview, renderUnreviewable, type ReviewItem } from '../slack/blocks/review.ts';
import { chosenMessages } from '../slack/context.ts';
import type { Slack } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import type { Gate } from '../trust/index.ts';
import { createFormDescriber } from './describe-form.ts';

type FormsDeps = {
  queue: Pick<Queue, 'work'>;
  store: Pick<Store, 'forms'>;
  slack: Pick<Slack, 'thread' | 'outbound' | 'textFor'>;
  resolve: ResolveIdentity;
  gate: Pick<Gate, 'choicesFor'>;
  log: Log;
};

const SOME = { concurrency: 4 };

/** What takes too long to be in a form when it opens. */
export function createForms({ queue, store: { forms }, slack, resolve, gate, log }: FormsDeps): void {
  const { thread, outbound, textFor } = slack;
  const describe = createFormDescriber({ forms, resolve, thread, gate, outbound, textFor, log });

  /** Fills in the list of what goes to Devin: every message with who wrote it, and its files. */
  async function review({ viewId, ...metadata }: Jobs['review-context']): Promise<void> {
    const form = await forms.find(metadata.formId);
    if (form === null || form.context === null) return;
    const text = await textFor(form.userId);
    const context = { ...form.context, choice: metadata.choice };
    const read = context.choice === 'message' ? null : await thread.read(context, form.userId);
    if (read !== null && read.kind !== 'read') {
      await outbound.updateView(viewId, renderUnreviewable(metadata, text));
      return;
    }
    const messages = read === null ? [context.picked] : chosenMessages(context, read.messages);
    const quoted = await thread.quote(context, {
      messages,
      unread: 0,
      unticked: { messages: 0, files: 0 },
    });
    const items = itemsOf(messages, quoted);
    const page = metadata.page ?? pageOfPicked(items);
    const { without } = form;
    const instructions = form.description?.choices?.instructions ?? null;
    await outbound.updateView(
      viewId,
      renderReview({ metadata: { ...metadata, page }, items, without, instructions }, text),
    );
  }

  queue.work('describe-form', async ({ formId, viewId }) => describe(formId, viewId), SOME);
  queue.work('review-context', review, SOME);
}

function itemsOf(messages: readonly SlackMessage[], { messages: quoted }: QuotedThread): ReviewItem[] {
  return messages.flatMap(({ ts, files }, at): ReviewItem[] => {
    const message = quoted[at];
    if (message === undefined) return [];
    const { author, authorKind } = message;
    return [
      { kind: 'message', id: ts, message },
      ...files.map(({ id, name }) => ({ kind: 'file' as const, id, name, author, authorKind })),
    ];
  });
}
