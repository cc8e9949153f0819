import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { credentialsInDraft } from '../../session/credentials.ts';
import { applyForm } from '../../session/defaults.ts';
import type { FormQuestion, Unsaved } from '../../session/failure.ts';
import { OPTION_GROUPS, type FieldKey, type OptionGroup, type SessionDraft } from '../../session/fields.ts';
import { TooLateError } from '../../store/commit.ts';
import type { Form, Forms } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import { scan } from '../command/flags.ts';
import {
  ACTION,
  fieldBlock,
  LOOKUP_ACTION,
  formMetadata,
  OutdatedError,
  readLookupAction,
  VIEW,
} from '../edge/ids.ts';
import type { Submission } from '../edge/interaction-payload.ts';
import { hurdleSentence } from '../views/failures.ts';
import { lookupOptions } from '../views/form/elements.ts';
import { fieldForFile, withTextFiles } from '../views/form/files.ts';
import { readSessionForm } from '../views/form/read.ts';
import { modal, withAlert } from '../views/objects.ts';
import { withGroup } from '../views/session-form.ts';
import { refuses, refusesOutsider } from './press.ts';
import { onButton, onSearch, onSubmission, orStayOpen } from './routes.ts';
import type { Tools } from './tools.ts';

type FormDeps = Pick<
  Tools,
  | 'forms'
  | 'inbox'
  | 'formInbox'
  | 'openForm'
  | 'outbound'
  | 'tagRequests'
  | 'readUploadedText'
  | 'suggest'
  | 'explain'
  | 'textFor'
>;

/** The form of a view. */
export async function ownForm(...from: Parameters<typeof findOwnForm>): Promise<Form> {
  const form = await findOwnForm(...from);
  if (form === null) throw new OutdatedError();
  return form;
}

/** A form is for the person it was offered to: what it starts runs as the person who submits it, with the secrets in it. */
export async function findOwnForm(
  forms: Pick<Forms, 'find'>,
  { formId }: { formId: string },
  { userId, homeTeamId }: Pick<Submission, 'userId' | 'homeTeamId'>,
): Promise<Form | null> {
  const form = await forms.find(formId);
  return form !== null && form.userId === userId && form.teamId === homeTeamId ? form : null;
}

export function listenToForms(app: App, deps: FormDeps): void {
  listenToSubmission(app, deps);
  listenToButtons(app, deps);
  listenToSearch(app, deps);
}

function listenToSubmission(app: App, deps: FormDeps): void {
  const { forms, inbox, textFor } = deps;
  onSubmission(app, VIEW.form, async ({ view, userId, homeTeamId }, ack) => {
    const text = await textFor(userId);
    const { formId, groups } = formMetadata.read(view.metadata);
    const form = await ownForm(forms, { formId }, { userId, homeTeamId });
    // The form stays open with everything in it. What is wrong with all of it is an error of the task.
    const refuse = async (errors: Record<string, string>) => ack({ response_action: 'errors', errors });
    const stayOpen = async (why: Unsaved) => refuse({ [fieldBlock('prompt')]: unsavedSentence(why, text) });
    const read = await readSubmission(deps, { view, userId }, { form, groups, text });
    const isRead = Object.keys(read.errors).length === 0;
    const errors = isRead ? await refusedAt(deps, form, { read, view, text }) : read.errors;
    if (Object.keys(errors).length > 0) {
      // Each refused value is named once: an input that stays empty is then meant to be.
      if (form.faults !== null) await forms.change(formId, { faults: null });
      return refuse(errors);
    }
    const questions = form.questions ?? [];
    const ask = async (question: FormQuestion): Promise<void> => {
      await forms.change(formId, { questions: [...questions, question] });
      await stayOpen(question);
    };
    const question = questionAbout(read, form);
    if (question !== null) return ask(question);
    const { draft, contextChoice: choice, attached: fileIds } = read;
    const isAnother = questions.includes('asked-before');
    const submitted = { viewId: view.id, userId, draft, choice, fileIds, isAnother };
    const saving = inbox.acceptForm(form, submitted);
    const reason = await orStayOpen(saving, async (error) => stayOpen(unsavedBy(error)));
    if (reason === 'asked-before') return ask(reason);
    // If it is saved, the request is on disk: whatever happens from here on, it is not lost.
    return reason === null ? ack() : stayOpen(reason);
  });
}

function unsavedSentence(unsaved: Unsaved, { command, modal: words }: Text): string {
  switch (unsaved) {
    case 'not-recorded':
      return command.notRecorded;
    case 'not-confirmed':
      return command.notConfirmed.problem;
    case 'asked-before':
      return words.askedBefore;
    case 'sent-before':
      return words.sentBefore;
    case 'credential':
      return words.credential;
    case 'options':
      return words.optionsInTask;
  }
}

type Sent = {
  read: { draft: SessionDraft; attached: string[] };
  view: Pick<Submission['view'], 'values'>;
  text: Text;
};

/** What the policy refuses, each at its field, or at the task if that isn't in view. */
async function refusedAt({ explain }: FormDeps, form: Form, { read, view, text }: Sent) {
  const { session_secrets: secrets = [], ...stored } = read.draft;
  const filled = { draft: applyForm(form.draft, stored), slackFileIds: read.attached };
  const explained = await explain({ ...form, ...filled, hasSessionSecrets: secrets.length > 0 });
  const hurdles = explained === null || explained === 'not-known' ? [] : explained.hurdles;
  const refusing = hurdles.filter(({ verdict }) => verdict === 'refuse');
  const blockOf = (field: FieldKey) => fieldBlock(fieldBlock(field) in view.values ? field : 'prompt');
  const sentences = Map.groupBy(refusing, ({ field }) => blockOf(field));
  return Object.fromEntries(
    [...sentences].map(([block, all]) => [block, all.map((one) => hurdleSentence(one, text)).join('\n')]),
  );
}

/** What to ask before it starts, each question once. `typed`: the task without what comes from files. null: nothing. */
function questionAbout(
  { draft, typed }: { draft: SessionDraft; typed: string },
  form: Form,
): FormQuestion | null {
  const before = form.questions ?? [];
  if (!before.includes('credential') && credentialsInDraft(draft).length > 0) return 'credential';
  // A message's own words fill in a form unasked; what a form holds otherwise was meant as it is.
  const areMeant = form.context?.isOffered !== true && typed === form.draft.values.prompt;
  if (areMeant || before.includes('options')) return null;
  return scan(typed).given.some(({ kind }) => kind !== 'unknown') ? 'options' : null;
}

type Reading = { form: Form; groups: readonly OptionGroup[]; text: Text };

/** With the text of its uploaded files. `typed`: the task without it; `attached`: the other files. */
async function readSubmission(
  { tagRequests: ownTag, readUploadedText }: FormDeps,
  { view, userId }: Pick<Submission, 'view' | 'userId'>,
  { form, groups, text }: Reading,
) {
  const rules = { groups, faults: form.faults ?? {}, ownTag };
  const read = readSessionForm(view.values, rules, text);
  const texts = read.files.flatMap((file) => {
    const field = fieldForFile(file);
    return field === undefined ? [] : [{ ...file, field }];
  });
  const files = await Promise.all(
    texts.map(async (file) => ({ ...file, read: await readUploadedText(file.id, userId) })),
  );
  const attached = read.files.filter((file) => fieldForFile(file) === undefined).map(({ id }) => id);
  const typed = read.draft.prompt ?? '';
  return { ...withTextFiles(read, files, { rules, text }), typed, attached };
}

function unsavedBy(error: unknown): Unsaved {
  const isUnclear = error instanceof TooLateError && error.mayBeWritten;
  return isUnclear ? 'not-confirmed' : 'not-recorded';
}

/** The view with an alert on top. Slack keeps what was typed, by block id. */
export function stillOpen(view: Submission['view'], sentence: string, text: Text): ModalView {
  const { callbackId: id, metadata, title, submit, blocks } = view;
  return withAlert(modal({ id, metadata, words: { title, submit }, blocks }, text), sentence);
}

function listenToButtons(app: App, { forms, formInbox, openForm, outbound, textFor }: FormDeps): void {
  onButton(app, ACTION.openForm, async (press) => {
    const { value, userId, responseUrl } = press;
    const form = value === null ? null : await forms.find(value);
    if (form === null)
      return void (await refuses({ outbound }, press, (await textFor(userId)).command.question.gone));
    if (form.userId !== userId) return;
    // Its defaults and its suggestions are for people of the workspace.
    if (await refusesOutsider({ outbound, textFor }, press, form.teamId)) return;
    if (responseUrl !== null) await formInbox.openedFrom(form, responseUrl);
    await openForm(press, form);
  });

  onButton(app, ACTION.addOptions, async ({ view, value, userId, homeTeamId }) => {
    const group = OPTION_GROUPS.find((one) => one === value);
    if (view === null || group === undefined) return;
    await ownForm(forms, formMetadata.read(view.metadata), { userId, homeTeamId });
    await outbound.updateView(view.id, withGroup(view, group, await textFor(userId)));
  });
}

function listenToSearch(app: App, { suggest, textFor }: FormDeps): void {
  onSearch(app, LOOKUP_ACTION, async (search, ack) => {
    const { teamId, userId, typed } = search;
    const lookup = readLookupAction(search.actionId);
    if (lookup === null) return ack({ options: [] });
    const [found, text] = await Promise.all([suggest({ teamId, userId }, lookup, typed), textFor(userId)]);
    await ack({ options: lookupOptions(lookup, { found, typed }, text) });
  });
}
