import type { SlackMessage, Without } from '../session/context.ts';
import type { QuotedThread } from '../session/prompt.ts';
import { pageOfPicked, renderReview, renderUnreviewable, type ReviewItem } from '../slack/blocks/review.ts';
import { chosenMessages, type ThreadReader } from '../slack/context.ts';
import type { ReviewMetadata } from '../slack/ids.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Forms } from '../store/forms.ts';

type ReviewDeps = {
  forms: Pick<Forms, 'find'>;
  thread: ThreadReader;
  outbound: Pick<Outbound, 'updateView'>;
  textFor: TextFor;
};

const NOTHING: Without = { messages: [], files: [] };

/** Fills in the list of what goes to Devin: every message with who wrote it, and its files. */
export function createContextReviewer({ forms, thread, outbound, textFor }: ReviewDeps) {
  return async (viewId: string, metadata: ReviewMetadata): Promise<void> => {
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
    const without = form.without ?? NOTHING;
    const instructions = form.description?.choices?.instructions ?? null;
    await outbound.updateView(
      viewId,
      renderReview({ metadata: { ...metadata, page }, items, without, instructions }, text),
    );
  };
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
