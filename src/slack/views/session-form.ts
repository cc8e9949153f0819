import type { KnownBlock, ModalView } from '@slack/types';
import { hiddenFields, type Names, type Sources } from '../../session/defaults.ts';
import type { Faults, Unsaved } from '../../session/failure.ts';
import { fields, type Field, type FieldGroup, type SessionDraft } from '../../session/fields.ts';
import type { Choices } from '../../session/policy/form.ts';
import { freeOf, type Ceiling } from '../../session/policy/limits.ts';
import { acuWords } from '../../text/amounts.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, BLOCK, VIEW, formMetadata } from '../edge/ids.ts';
import { contextBlocks, type FormContext } from './form/context-inputs.ts';
import { allowedFor, MORE_GROUPS, setLine, shownFields } from './form/entered.ts';
import { fieldInputs, fileInput, filesInput } from './form/inputs.ts';
import { takesFile } from './form/text-files.ts';
import { planTexts, type TextPlan } from './form/typed.ts';
import { LIMIT } from './limits.ts';
import { actions, alert, button, caption, context, header, modal, section, withAlert } from './objects.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import { bold, escape } from './text.ts';

/** Who the session will run as. `how` and `why` are plain sentences. */
export type FormIdentity =
  | { kind: 'looking' }
  | { kind: 'member'; name: string; how: string; checkedAtMs?: number }
  | { kind: 'service-user'; why: string; checkedAtMs?: number }
  /** It couldn't be looked up. */
  | { kind: 'not-known'; why: string }
  | { kind: 'refused'; why: string };

/** Whether the person may start a session. Otherwise the form shows nothing else. */
export function isAccepted({ kind }: { kind: string }): boolean {
  return kind === 'member' || kind === 'service-user';
}

export type SessionForm = {
  formId: string;
  expanded: boolean;
  values: SessionDraft;
  /** If the form is redrawn: what the inputs held when it opened, which decides what inputs there are. */
  prefill?: SessionDraft;
  sources: Sources;
  names: Names;
  /** What was refused, by field. */
  faults: Faults;
  /** The names of secrets that were entered one by one. */
  secretNames: string[];
  context: FormContext | null;
  runsAs: FormIdentity;
  /** What the policy allows; null: everything. */
  choices: Choices | null;
  /** Plain sentences. */
  notes: string[];
  /** Why it wasn't saved each time it was sent. */
  unsaved?: Unsaved[] | undefined;
};

type Drawing = { form: SessionForm; plan: TextPlan; text: Text };

/** The modal that starts a session: the fields of the table by their kinds, most used first. */
export function renderSessionForm(form: SessionForm, text: Text): ModalView {
  const { formId, expanded, runsAs, unsaved } = form;
  const last = unsaved?.at(-1);
  const isOpen = isAccepted(runsAs);
  const { title, submit } = text.modal;
  const view = modal(
    {
      id: VIEW.form,
      metadata: formMetadata.write({ formId, expanded, unsaved }),
      words: isOpen ? { title, submit } : { title },
      blocks: [...headBlocks(form, text), ...(isOpen ? inputs(form, text) : [])],
    },
    text,
  );
  return last === undefined ? view : withAlert(view, unsavedSentence(last, text));
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

function inputs(form: SessionForm, text: Text): KnownBlock[] {
  const { expanded } = form;
  const plan = planTexts(shownFields(expanded), form.prefill ?? form.values);
  const drawing = { form, plan, text };
  return [
    ...noteBlocks(drawing),
    ...groupInputs('main', drawing),
    ...(expanded ? MORE_GROUPS.flatMap((group) => headedGroup(group, drawing)) : moreOptions(drawing)),
  ];
}

function noteBlocks({ form, plan, text }: Drawing): KnownBlock[] {
  const cut = plan.cut.map(({ key }) => text.modal.tooLong(text.fields[key].label));
  return [...form.notes, ...cut].map((note) => context(escape(note)));
}

function headedGroup(group: (typeof MORE_GROUPS)[number], drawing: Drawing): KnownBlock[] {
  const { text } = drawing;
  const inputs = [...groupInputs(group, drawing), ...(group === 'files' ? fileInputs(drawing) : [])];
  return inputs.length === 0 ? [] : [header(text.modal.groups[group]), ...inputs];
}

function fileInputs({ text }: Drawing): KnownBlock[] {
  return [filesInput(text), ...fields.filter(isMainFile).map((field) => fileInput(field, text))];
}

function groupInputs(group: FieldGroup, drawing: Drawing): KnownBlock[] {
  return fields.filter((field) => field.group === group).flatMap((field) => inputsOf(field, drawing));
}

function inputsOf(field: Field, { form, plan, text }: Drawing): KnownBlock[] {
  const { key } = field;
  const { choices } = form;
  const set = setLine(field, choices, text);
  if (set.length > 0) return set;
  const inputs = fieldInputs({
    field,
    allowed: allowedFor(field, choices),
    value: form.values[key],
    parts: plan.parts.get(key),
    source: form.sources[key],
    names: form.names,
    fault: form.faults[key],
    text,
  });
  const file = takesFile(field) && !isMainFile(field) ? [fileInput(field, text)] : [];
  const context = field.isTask && form.context !== null ? contextBlocks(form.context, text) : [];
  const oneByOne = field.input.kind === 'secrets' ? secretsButton(form.secretNames, text) : [];
  return [...inputs, ...file, ...oneByOne, ...context];
}

function secretsButton(names: readonly string[], { modal }: Text): KnownBlock[] {
  const add = button(ACTION.addSecrets, modal.addSecrets, 'add');
  return [...(names.length === 0 ? [] : [context(escape(modal.secretsKept(names)))]), actions([add])];
}

/** The first view is short, so its file input is with the other files. */
function isMainFile(field: Field): boolean {
  return field.group === 'main' && takesFile(field);
}

function moreOptions({ form, text }: Drawing): KnownBlock[] {
  const hidden = hiddenFields(form.values);
  const labels = text.joins.list(hidden.map(({ key }) => text.fields[key].label));
  return [
    ...(hidden.length === 0 ? [] : [context(escape(text.modal.alsoSet(labels)))]),
    actions([{ type: 'button', action_id: ACTION.moreOptions, text: caption(text.modal.moreOptions) }]),
  ];
}

/** Why a person can't start a session is an alert. Alerts are short: the rest is below. */
function headBlocks({ runsAs, choices }: SessionForm, text: Text): KnownBlock[] {
  if (runsAs.kind !== 'refused') {
    const facts = [runsAsSentence(runsAs, text), ...policyFacts(choices, text)];
    return [{ ...context(facts.join(BETWEEN_FACTS)), block_id: BLOCK.runsAs }];
  }
  const sentence = text.modal.cannotStart(runsAs.why);
  return sentence.length <= LIMIT.alert
    ? [alert(sentence, 'warning')]
    : [alert(text.modal.cannotStart('').trim(), 'warning'), section(escape(runsAs.why))];
}

/** What is free of the budget with the least left, and that the policy adds to the task. */
function policyFacts(choices: Choices | null, { policy: { money }, modal: words, joins }: Text): string[] {
  const [tightest] = (choices?.budgets ?? []).toSorted((a, b) => freeOf(a) - freeOf(b));
  const { instructions = null } = choices ?? {};
  const free = (one: Ceiling): string =>
    joins.labeled(money.whose[one.key], money.free(acuWords(Math.max(0, freeOf(one))), acuWords(one.most)));
  return [
    ...(tightest === undefined ? [] : [free(tightest)]),
    ...(instructions === null ? [] : [words.instructions]),
  ];
}

function runsAsSentence(runsAs: Exclude<FormIdentity, { kind: 'refused' }>, text: Text): string {
  switch (runsAs.kind) {
    case 'looking':
      return text.modal.runsAs.looking;
    case 'member':
      return text.modal.runsAs.member(bold(escape(runsAs.name)));
    case 'service-user':
    case 'not-known':
      return escape(runsAs.why);
  }
}
