import type { ModalView } from '@slack/types';
import { nullIfFails } from '../../log.ts';
import type { MessageContext } from '../../session/context.ts';
import { credentialsInDraft } from '../../session/credentials.ts';
import { applyForm } from '../../session/defaults.ts';
import type { Unsaved } from '../../session/failure.ts';
import { type FieldKey, OPTION_GROUPS } from '../../session/fields.ts';
import { isOver } from '../../session/lifecycle.ts';
import { excerpt } from '../../session/prompt.ts';
import type { Form } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import { inTime } from '../../time.ts';
import { renderRunning } from '../command/help.ts';
import { tickedMessages } from '../edge/context.ts';
import { readUploadedText } from '../edge/files.ts';
import {
  ACTION,
  fieldBlock,
  formMetadata,
  OutdatedError,
  readLookupAction,
  reviewMetadata,
  VIEW,
} from '../edge/ids.ts';
import type { OpenView, Press, Search, Shortcut, Submission } from '../edge/payload.ts';
import { acceptForm, offerForm } from '../inbox/requests.ts';
import { lookupOptions } from '../views/form/fields.ts';
import { readSessionForm, withTextFiles } from '../views/form/read.ts';
import { hurdleSentence } from '../views/notices.ts';
import { LIMIT, modal, withAlert } from '../views/objects.ts';
import { readReview, renderReview, type ReviewItem } from '../views/review.ts';
import { withGroup } from '../views/session-form.ts';
import { unescape } from '../views/text.ts';
import { quick, type ListenersContext, type OnSubmit, type Presses, type Submissions } from './context.ts';
import { openForm } from './open-view.ts';

/** Slack allows 3 s for an answer or to open a view; this leaves time for the way there and back. */
const ANSWER_MS = 2000;
/** Part of it: names that take longer are added when the task is sent. */
const NAMES_MS = 800;
/** Part of it: to read the files of a form. */
const FILES_MS = 1500;

/** A form is for the person it was offered to: what it starts runs as the person who submits it, with the secrets in it. */
export async function ownForm(
  { store }: ListenersContext,
  { formId }: { formId: string | null },
  { userId, homeTeamId }: Pick<Submission, 'userId' | 'homeTeamId'>,
): Promise<Form> {
  const form = await store.forms.find(formId ?? '');
  if (form?.userId !== userId || form.teamId !== homeTeamId) throw new OutdatedError();
  return form;
}

/** The form, its buttons, and what Devin gets, shown over it. */
export const FORM_PRESSES = {
  [ACTION.openForm]: quick(async (c, press) => {
    await openForm(c, press, await ownForm(c, { formId: press.value }, press));
  }),
  [ACTION.addOptions]: quick(async (c, { view, value, userId, homeTeamId }) => {
    const group = OPTION_GROUPS.find((one) => one === value);
    if (view === null || group === undefined) return;
    await ownForm(c, formMetadata.read(view.metadata), { userId, homeTeamId });
    await c.slack.outbound.updateView(view.id, withGroup(view, group, await c.textFor(userId)));
  }),
  [ACTION.review]: quick(openReview),
} satisfies Presses;

export const FORM_SUBMISSIONS = {
  [VIEW.form]: sendForm,
  /** People can untick messages and files. */
  [VIEW.review]: async (c, { view, ...sender }) => {
    const form = await ownForm(c, reviewMetadata.read(view.metadata), sender);
    await c.store.forms.change(form.id, { without: readReview(view, form.without) });
    return {};
  },
} satisfies Submissions;

/** Nothing is wrong: the request is on disk. What is wrong with all of it is an error of the task. */
async function sendForm(...[c, { view, ...sender }]: Parameters<OnSubmit>) {
  const { formId, groups } = formMetadata.read(view.metadata);
  const { userId } = sender;
  const form = await ownForm(c, { formId }, sender);
  const text = await c.textFor(userId);
  const rules = { groups, faults: form.faults ?? {}, before: form.draft.values, text };
  const readText = async (fileId: string) =>
    readUploadedText(c.slack.files, { fileId, userId, withinMs: FILES_MS });
  const read = await withTextFiles(readSessionForm(view.values, rules), readText, text);
  const isRead = Object.keys(read.errors).length === 0;
  const errors = isRead ? await refusedAt(c, { form, view, text }, read) : read.errors;
  if (Object.keys(errors).length > 0) {
    // Each refused value is named once: an input that stays empty is then meant to be.
    if (form.faults !== null) await c.store.forms.change(form.id, { faults: null });
    return errors;
  }
  const unsaved = await saveUnlessAsked(c, form, { viewId: view.id, ...read });
  const { askedBefore, sentBefore, credential } = text.modal;
  const why = { 'asked-before': askedBefore, 'sent-before': sentBefore, credential };
  return unsaved === null ? {} : { [fieldBlock('prompt')]: why[unsaved] };
}

type Read = Awaited<ReturnType<typeof withTextFiles>>;

/** Asks each question once: sending the form again is the answer. null: it is saved. */
async function saveUnlessAsked(
  c: ListenersContext,
  form: Form,
  { viewId, draft, attached: fileIds }: Read & { viewId: string },
): Promise<Unsaved | null> {
  const asked = form.questions ?? [];
  const isAnother = asked.includes('asked-before');
  const unsaved =
    !asked.includes('credential') && credentialsInDraft(draft).length > 0
      ? 'credential'
      : await acceptForm(c, form, { viewId, draft, fileIds, isAnother });
  if (unsaved !== null && unsaved !== 'sent-before')
    await c.store.forms.change(form.id, { questions: [...asked, unsaved] });
  return unsaved;
}

/** What the policy refuses, each at its field, or at the task if that isn't in view. */
async function refusedAt(
  { gate }: ListenersContext,
  { form, view, text }: { form: Form; view: OpenView; text: Text },
  read: Read,
) {
  const { session_secrets: secrets = [], ...stored } = read.draft;
  const filled = { draft: applyForm(form.draft, stored), slackFileIds: read.attached };
  const explained = await gate.explain({ ...form, ...filled, hasSessionSecrets: secrets.length > 0 });
  const refusing = explained?.hurdles.filter(({ verdict }) => verdict === 'refuse') ?? [];
  const blockOf = (field: FieldKey) => fieldBlock(fieldBlock(field) in view.values ? field : 'prompt');
  const sentences = Map.groupBy(refusing, ({ field }) => blockOf(field));
  return Object.fromEntries(
    [...sentences].map(([block, all]) => [block, all.map((one) => hurdleSentence(one, text)).join('\n')]),
  );
}

/** The view with an alert on top. Slack keeps what was typed, by block id. */
export function stillOpen(view: Submission['view'], sentence: string, text: Text): ModalView {
  const { callbackId: id, metadata, title, submit, blocks } = view;
  return withAlert(modal({ id, metadata, words: { title, submit }, blocks }, text), sentence);
}

/**
 * Suggestions for what is typed into a field. None if Devin is slow, busy or doesn't allow the look-up, nor for people who may
 * not start a session.
 */
export async function suggestionsFor(c: ListenersContext, { actionId, teamId, userId, typed }: Search) {
  const lookup = readLookupAction(actionId);
  if (lookup === null) return [];
  const what = `suggestions for ${lookup}`;
  const asking = c
    .resolve({ teamId, userId })
    .then(async ({ kind }) => (kind === 'refused' ? [] : c.search(lookup, typed)));
  const [found, text] = await Promise.all([
    inTime(asking, { withinMs: ANSWER_MS, otherwise: [], what, log: c.log }),
    c.textFor(userId),
  ]);
  return lookupOptions(lookup, { found, typed }, text);
}

async function openReview(c: ListenersContext, { view, triggerId, ...sender }: Press): Promise<void> {
  if (view === null) return;
  const { outbound } = c.slack;
  const form = await ownForm(c, formMetadata.read(view.metadata), sender);
  const text = await c.textFor(form.userId);
  const viewId = await outbound.pushView(triggerId, renderReview(form.id, null, text));
  if (viewId === null) return;
  const review = await whatDevinGets(c, { form, view }, text);
  await outbound.updateView(viewId, renderReview(form.id, review, text));
}

async function whatDevinGets(
  c: ListenersContext,
  { form, view }: { form: Form; view: OpenView },
  text: Text,
) {
  const { groups } = formMetadata.read(view.metadata);
  const rules = { groups, faults: {}, before: form.draft.values, text };
  const { draft } = readSessionForm(view.values, rules);
  const { context, draft: filled, without } = form;
  const [explained, conversation] = await Promise.all([
    c.gate.explain(form),
    context === null ? { items: [], notes: [] } : readConversation(c, context, { form, text }),
  ]);
  const instructions = explained?.choices.instructions ?? null;
  return { values: draft, names: filled.names ?? {}, instructions, without, ...conversation };
}

/** The messages as Devin reads them, with their files. If the thread can't be read, only the picked one. */
async function readConversation(
  { slack: { thread }, log }: ListenersContext,
  context: MessageContext,
  { form, text }: { form: Form; text: Text },
): Promise<{ items: ReviewItem[]; notes: string[] }> {
  const read = await nullIfFails(thread.read(context, form.userId), log, "a thread couldn't be shown");
  const messages = tickedMessages(context, read ?? [context.picked]);
  const quoted = await thread.quote(context, messages);
  const words = text.review;
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
      ...(read === null ? [words.unreadable] : []),
      ...(excerpt(quoted.messages).length < quoted.messages.length ? [words.isLong] : []),
    ],
  };
}

/** The task about a message that is too long to be one, such as a stack trace: it is quoted below. */
const ABOUT_MESSAGE = 'About this message';

/** Text by guests, apps and outsiders goes to Devin as background, never as the task. */
async function taskIn(
  { log, slack: { people, nameMentions } }: ListenersContext,
  { message: { userId, appName }, slackText }: Shortcut,
): Promise<string | null> {
  const ownWords = unescape(slackText).trim();
  if (appName !== null || userId === null || ownWords === '') return null;
  const isTheirs = people.find(userId).then((found) => found?.kind === 'member');
  const named = nameMentions(ownWords);
  // Both at the same time: the form must be open in 3 s.
  const [mayBeTask, task] = await Promise.all([
    inTime(isTheirs, { withinMs: NAMES_MS, otherwise: false, what: 'who wrote a message', log }),
    inTime(named, { withinMs: NAMES_MS, otherwise: ownWords, what: 'names', log }),
  ]);
  if (!mayBeTask) return null;
  return task.length > LIMIT.inputText ? ABOUT_MESSAGE : task;
}

/** A form about a message, or the question whether another session should start beside the one that runs there. */
export async function openFromShortcut(
  c: ListenersContext,
  shortcut: Shortcut,
  ack: () => Promise<void>,
): Promise<void> {
  const { ts, threadTs } = shortcut.message;
  const prompt = await taskIn(c, shortcut);
  // The card goes into the message's thread, or starts one under it.
  const origin = { ...shortcut, threadTs: threadTs ?? ts };
  const wish = { draft: prompt === null ? {} : { prompt } };
  const form = await offerForm(c, origin, { wish, context: contextOf(shortcut) });
  await ack();
  // Nobody sees a private notice in a thread that is closed or has no replies.
  const asked = { ...shortcut, threadTs: threadTs === ts ? null : threadTs };
  const running = await c.store.sessions.inThread(origin.channelId, origin.threadTs);
  if (running === null || isOver(running)) return openForm(c, asked, form);
  const { requestId, snapshot } = running;
  const another = { actionId: ACTION.openForm, formId: form.id };
  const told = renderRunning({ requestId, url: snapshot.url, another }, await c.textFor(origin.userId));
  await c.slack.outbound.tellPrivately(asked, told);
}

function contextOf({ channelId, channelName, message: picked }: Shortcut): MessageContext {
  const choice = picked.threadTs === null ? 'message' : 'thread';
  return { choice, channelId, channelName, picked, isOffered: true };
}
