import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { credentialsInDraft } from '../../session/credentials.ts';
import { applyForm, hiddenValues } from '../../session/defaults.ts';
import { faultsSchema, type Faults, type Unsaved } from '../../session/failure.ts';
import type { FieldKey, SessionDraft } from '../../session/fields.ts';
import { TooLateError } from '../../store/commit.ts';
import type { Form, Forms } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import { scan } from '../command/flags.ts';
import type { UploadedText } from '../edge/files.ts';
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
import { formView } from '../form-view.ts';
import { hurdleSentence } from '../views/failures.ts';
import { lookupOptions } from '../views/form/elements.ts';
import { draftFromState, readSessionForm } from '../views/form/read.ts';
import { textFilesIn, withTextFiles, type TextFile } from '../views/form/text-files.ts';
import { modal, withAlert } from '../views/objects.ts';
import { renderSessionForm } from '../views/session-form.ts';
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
    const { formId, expanded, unsaved: before = [] } = formMetadata.read(view.metadata);
    const own = await ownForm(forms, { formId }, { userId, homeTeamId });
    // As the person sees it: an edit of the message that it was offered with can expand it.
    const form = { ...own, expanded };
    const keepErrors = async (): Promise<void> => {
      if (form.description !== null) await forms.describe(formId, { refusedView: view.id });
    };
    const read = await readSubmission(deps, { view, userId }, { form, text });
    const isRead = Object.keys(read.errors).length === 0;
    const errors = isRead ? await refusedAt(deps, form, { read, view, text }) : read.errors;
    if (Object.keys(errors).length > 0) {
      await keepErrors();
      return ack({ response_action: 'errors', errors });
    }
    // The form stays open with everything in it: Slack keeps what was typed, by block id.
    const stayOpen = async (why: Unsaved): Promise<void> => {
      const unsaved = [...before.filter((one) => one !== why), why];
      await ack(updated(renderSessionForm({ ...formView(form, text), unsaved }, text)));
      await Promise.allSettled([keepErrors()]);
    };
    const { draft, contextChoice: choice, fileIds } = read;
    const doubt = doubtAbout(read, form, before);
    if (doubt !== null) return stayOpen(doubt);
    const isAnother = before.includes('asked-before');
    const submitted = { viewId: view.id, userId, draft, choice, fileIds, isAnother };
    const saving = inbox.acceptForm(form, submitted);
    const reason = await orStayOpen(saving, async (error) => stayOpen(unsavedBy(error)));
    // If it is saved, the request is on disk: whatever happens from here on, it is not lost.
    return reason === null ? ack() : stayOpen(reason);
  });
}

type Sent = {
  read: { draft: SessionDraft; fileIds: string[] };
  view: Pick<Submission['view'], 'values'>;
  text: Text;
};

/** What the policy refuses, each at its field, or at the task if that isn't in view. */
async function refusedAt({ explain }: FormDeps, form: Form, { read, view, text }: Sent) {
  const { session_secrets: typed = [], ...stored } = read.draft;
  const draft = applyForm(form.draft, stored, form.expanded);
  const secretNames = [...(form.secretNames ?? []), ...typed.map(({ key }) => key)];
  const explained = await explain({ ...form, draft, secretNames, slackFileIds: read.fileIds });
  const hurdles = explained === null || explained === 'not-known' ? [] : explained.hurdles;
  const refusing = hurdles.filter(({ verdict }) => verdict === 'refuse');
  const shown = new Set(Object.keys(view.values ?? {}));
  const blockOf = (field: FieldKey) => fieldBlock(shown.has(fieldBlock(field)) ? field : 'prompt');
  const sentences = Map.groupBy(refusing, ({ field }) => blockOf(field));
  return Object.fromEntries(
    [...sentences].map(([block, all]) => [block, all.map((one) => hurdleSentence(one, text)).join('\n')]),
  );
}

/** What to ask before it starts, each question once. `typed`: the task without what comes from files. null: nothing. */
function doubtAbout(
  { draft, typed }: { draft: SessionDraft; typed: string },
  form: Form,
  before: readonly Unsaved[],
): Unsaved | null {
  if (!before.includes('credential') && credentialsInDraft(draft).length > 0) return 'credential';
  // A message's own words fill in a form unasked; what a form holds otherwise was meant as it is.
  const areMeant = form.context?.isOffered !== true && typed === form.draft.values.prompt;
  if (areMeant || before.includes('options')) return null;
  return scan(typed).given.some(({ kind }) => kind !== 'unknown') ? 'options' : null;
}

/** With the text of its uploaded files. `typed`: the task without it. */
async function readSubmission(
  { tagRequests: ownTag, readUploadedText }: FormDeps,
  { view: { values: state }, userId }: Pick<Submission, 'view' | 'userId'>,
  { form, text }: { form: Form; text: Text },
) {
  const rules = { expanded: form.expanded, faults: faultsIn(form), ownTag };
  const texts = await readFiles(textFilesIn(state), async (fileId) => readUploadedText(fileId, userId));
  const read = readSessionForm(state, rules, text);
  const typed = read.draft.prompt ?? '';
  return { ...withTextFiles(read, { state, texts }, { rules, text }), typed };
}

/** Without the fields that the policy sets: these have no input, so nothing to correct. */
function faultsIn({ faults, description }: Form): Faults {
  const set = new Set(Object.keys(description?.choices?.set ?? {}));
  return faultsSchema.parse(
    Object.fromEntries(Object.entries(faults ?? {}).filter(([key]) => !set.has(key))),
  );
}

async function readFiles(
  files: readonly TextFile[],
  read: (fileId: string) => Promise<UploadedText>,
): Promise<Map<FieldKey, UploadedText>> {
  return new Map(await Promise.all(files.map(async ({ key, fileId }) => [key, await read(fileId)] as const)));
}

function unsavedBy(error: unknown): Unsaved {
  const isUnclear = error instanceof TooLateError && error.mayBeWritten;
  return isUnclear ? 'not-confirmed' : 'not-recorded';
}

const updated = (view: ModalView) => ({ response_action: 'update' as const, view });

/** The form with an alert on top. Slack keeps what was typed, by block id. */
export function stillOpen(view: Submission['view'], sentence: string, text: Text): ModalView {
  const { callbackId: id, metadata, title, submit, blocks } = view;
  return withAlert(modal({ id, metadata, words: { title, submit }, blocks }, text), sentence);
}

function listenToButtons(app: App, { forms, formInbox, openForm, outbound, textFor }: FormDeps): void {
  onButton(app, ACTION.openForm, async (press) => {
    const { value, userId, responseUrl } = press;
    const form = value === null ? null : await forms.find(value);
    if (form === null)
      return void (await refuses({ outbound }, press, (await textFor(userId)).notices.formGone));
    if (form.userId !== userId) return;
    // Its defaults and its suggestions are for people of the workspace.
    if (await refusesOutsider({ outbound, textFor }, press, form.teamId)) return;
    if (responseUrl !== null) await formInbox.openedFrom(form, responseUrl);
    await openForm(press, form);
  });

  onButton(app, ACTION.moreOptions, async ({ view, userId, homeTeamId }) => {
    if (view === null) return;
    const metadata = formMetadata.read(view.metadata);
    const form = await ownForm(forms, metadata, { userId, homeTeamId });
    await forms.change(form.id, { expanded: true });
    // Hidden values that the form was filled in with, and what its inputs hold now.
    const typed = { ...hiddenValues(form.draft.values), ...draftFromState(view.values) };
    const text = await textFor(userId);
    const redrawn = formView({ ...form, expanded: true }, text, typed);
    await outbound.updateView(view.id, renderSessionForm({ ...redrawn, unsaved: metadata.unsaved }, text));
  });
}

function listenToSearch(app: App, { suggest, textFor }: FormDeps): void {
  onSearch(app, LOOKUP_ACTION, async (search, ack) => {
    const { teamId, userId, typed } = search;
    const lookup = readLookupAction(search.actionId);
    if (lookup === null) return ack({ options: [] });
    const [found, text] = await Promise.all([suggest({ teamId, userId }, lookup, typed), textFor(userId)]);
    await ack({ options: lookupOptions(found, typed, text) });
  });
}
