import type { App } from '@slack/bolt';
import { nullIfFails } from '../../log.ts';
import type { MessageContext } from '../../session/context.ts';
import { isTooLong } from '../../session/prompt.ts';
import type { Form } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import { chosenMessages, tickedMessages } from '../edge/context.ts';
import { ACTION, formMetadata, reviewMetadata, VIEW } from '../edge/ids.ts';
import type { OpenView } from '../edge/interaction-payload.ts';
import { readSessionForm } from '../views/form/read.ts';
import { readReview, renderReview, type ReviewItem } from '../views/review.ts';
import { ownForm } from './forms.ts';
import { onButton, onSubmission } from './routes.ts';
import type { Tools } from './tools.ts';

type ReviewDeps = Pick<
  Tools,
  'forms' | 'outbound' | 'thread' | 'choicesFor' | 'tagRequests' | 'textFor' | 'log'
>;

/** What Devin gets, shown over the form: people can untick messages and files. */
export function listenToReview(app: App, deps: ReviewDeps): void {
  const { forms, outbound, textFor } = deps;

  onButton(app, ACTION.review, async ({ view, triggerId, ...sender }) => {
    if (view === null) return;
    const form = await ownForm(forms, formMetadata.read(view.metadata), sender);
    const text = await textFor(form.userId);
    const { viewId } = await outbound.pushView(triggerId, renderReview(form.id, null, text));
    if (viewId === null) return;
    await outbound.updateView(
      viewId,
      renderReview(form.id, await whatDevinGets(deps, { form, view }, text), text),
    );
  });

  onSubmission(app, VIEW.review, async ({ view, ...sender }, ack) => {
    const form = await ownForm(forms, reviewMetadata.read(view.metadata), sender);
    await forms.change(form.id, { without: readReview(view, form.without) });
    await ack();
  });
}

async function whatDevinGets(deps: ReviewDeps, { form, view }: { form: Form; view: OpenView }, text: Text) {
  const { groups } = formMetadata.read(view.metadata);
  const rules = { groups, faults: {}, ownTag: deps.tagRequests };
  const { draft, contextChoice } = readSessionForm(view.values, rules, text);
  const { context, draft: filled, without } = form;
  const choice = contextChoice ?? context?.choice;
  const [choices, conversation] = await Promise.all([
    deps.choicesFor(form),
    context === null
      ? { items: [], notes: [] }
      : readConversation(deps, { ...context, choice: choice ?? context.choice }, { form, text }),
  ]);
  const instructions = choices?.instructions ?? null;
  return { values: draft, names: filled.names ?? {}, instructions, without, ...conversation };
}

/** The messages as Devin reads them, with their files. If the thread can't be read, only the picked one. */
async function readConversation(
  { thread, log }: ReviewDeps,
  context: MessageContext,
  { form, text }: { form: Form; text: Text },
): Promise<{ items: ReviewItem[]; notes: string[] }> {
  const isAlone = context.choice === 'message' || context.picked.threadTs === null;
  const read = isAlone
    ? null
    : await nullIfFails(thread.read(context, form.userId), log, "a thread couldn't be shown");
  const isRead = read?.kind === 'read';
  const chosen = isRead ? chosenMessages(context, read.messages) : [context.picked];
  const { messages, unticked } = tickedMessages(context, chosen);
  const quoted = await thread.quote(context, { messages, unread: 0, unticked });
  const words = text.review;
  const unread = isRead && context.choice !== 'message' ? read.unread[context.choice] : 0;
  return {
    items: messages.flatMap(({ ts, files }, at): ReviewItem[] => {
      const message = quoted.messages[at];
      if (message === undefined) return [];
      const file = ({ id, name }: { id: string; name: string }) => ({
        kind: 'file' as const,
        id,
        name,
        message,
      });
      return [{ kind: 'message', id: ts, name: '', message }, ...files.map(file)];
    }),
    notes: [
      ...(isAlone || isRead ? [] : [words.unreadable]),
      ...(unread > 0 ? [words.tooMany(messages.length, unread)] : []),
      ...(isTooLong(quoted) ? [words.asFile] : []),
    ],
  };
}
