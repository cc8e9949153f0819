import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Names, Sources } from '../../session/defaults.ts';
import type { Faults } from '../../session/failure.ts';
import {
  fields,
  OPTION_GROUPS,
  type Field,
  type FieldGroup,
  type OptionGroup,
  type SessionDraft,
} from '../../session/fields.ts';
import type { Choices } from '../../session/policy/decide.ts';
import { freeOf, type Ceiling } from '../../session/policy/limits.ts';
import { acuWords, type Text } from '../../text/index.ts';
import { ACTION, BLOCK, INPUT, formMetadata, isOptionsBlock, optionsBlock, VIEW } from '../edge/ids.ts';
import type { OpenView } from '../edge/payload.ts';
import { devinsReason, fieldInput } from './form/fields.ts';
import {
  inputBlock,
  LIMIT,
  actions,
  button,
  caption,
  context,
  header,
  modal,
  option,
  section,
} from './objects.ts';
import { escape, facts, oneLine, present, USER_ID } from './text.ts';

/** Who a person's sessions run as, or why they can't start any. Escaped. `how`: how the app knows; null: `who` says it. */
export type FormIdentity = { mayStart: boolean; who: string; how: string | null };

/** What its inputs are filled in with. */
type FilledIn = {
  values: SessionDraft;
  sources: Sources;
  names?: Names | undefined;
  /** What was refused, by field. */
  faults: Faults;
  /** What the policy allows; null: everything. */
  choices: Choices | null;
};

/** Nothing is filled in. */
export const UNFILLED: FilledIn = { values: {}, sources: {}, faults: {}, choices: null };

export type SessionForm = FilledIn & {
  formId: string;
  /** In view besides `main`. */
  groups: OptionGroup[];
  /** The message that the task was started from, if the task doesn't say what it's about. */
  about: string | null;
  runsAs: FormIdentity;
  /** Of session secrets that were not kept. */
  secretNames: readonly string[];
};

/** The modal that starts a session: the inputs of `main`, and of the groups in which something is set. */
export function renderSessionForm(form: SessionForm, text: Text): ModalView {
  const { formId, groups, about, runsAs } = form;
  const { title, submit } = text.modal;
  const metadata = formMetadata.write({ formId, groups });
  const shared = { id: VIEW.form, metadata };
  if (!runsAs.mayStart) return modal({ ...shared, words: { title }, blocks: [section(runsAs.who)] }, text);
  const blocks = [
    runsAsBlock(form, text),
    ...noteBlocks(form, text),
    ...(about === null ? [] : [context(aboutMessage(about, text))]),
    ...inputsOf(inGroup('main'), form, text),
    ...groups.flatMap((group) => groupBlocks(group, form, text)),
    lastBlock(groups, text),
  ];
  return modal({ ...shared, words: { title, submit }, blocks }, text);
}

/** An open form with another group of inputs. Slack keeps what was typed in the others, by block id. */
export function withGroup(view: OpenView, group: OptionGroup, text: Text): ModalView {
  const { callbackId: id, title, submit } = view;
  const { formId, groups: before } = formMetadata.read(view.metadata);
  const groups = [...before.filter((one) => one !== group), group];
  const blocks = view.blocks.flatMap((block) =>
    isOptionsBlock(block.block_id)
      ? [...groupBlocks(group, UNFILLED, text), lastBlock(groups, text)]
      : [block],
  );
  return modal(
    { id, metadata: formMetadata.write({ formId, groups }), words: { title, submit }, blocks },
    text,
  );
}

/** Why Devin refused it before comes first. */
function noteBlocks({ faults, secretNames }: SessionForm, text: Text): KnownBlock[] {
  const reasons = new Set(Object.values(faults).map(({ said }) => said));
  return [
    ...present([...reasons]).map((reason) => section(`:warning: ${escape(devinsReason(reason, text))}`)),
    ...(secretNames.length === 0 ? [] : [context(escape(oneLine(text.modal.secretsLost(secretNames))))]),
  ];
}

function groupBlocks(group: OptionGroup, filledIn: FilledIn, text: Text): KnownBlock[] {
  const files = group === 'files' ? [filesInput(text)] : [];
  return [header(text.modal.groups[group]), ...files, ...inputsOf(inGroup(group), filledIn, text)];
}

const inGroup = (wanted: FieldGroup): Field[] => fields.filter(({ group }) => group === wanted);

/** All files, sorted by name when they are sent. */
function filesInput({ modal }: Text): InputBlock {
  const { label, hint } = modal.files;
  const element = { type: 'file_input' as const, action_id: INPUT, max_files: LIMIT.files };
  return inputBlock({ blockId: BLOCK.files, label, hint, element });
}

export function inputsOf(
  among: readonly Field[],
  { values, sources, names = {}, faults, choices }: FilledIn,
  text: Text,
): InputBlock[] {
  return among.map((field) => {
    const { key } = field;
    const entry = { value: values[key], source: sources[key], fault: faults[key] };
    return fieldInput({ field, ...entry, names, choices, text });
  });
}

function aboutMessage(picked: string, { modal, review }: Text): string {
  return modal.context.picked(picked.trim() === '' ? review.empty : excerptOf(picked));
}

const ESCAPED_MENTION = new RegExp(`&lt;(@${USER_ID})&gt;`, 'g');

/** Mentions in a modal show the name and notify nobody. */
function excerptOf(picked: string): string {
  return escape(oneLine(picked)).replaceAll(ESCAPED_MENTION, '<$1>');
}

/** The menu of groups that aren't in view, and what Devin gets. */
function lastBlock(groups: readonly OptionGroup[], { modal: words }: Text): KnownBlock {
  const left = OPTION_GROUPS.filter((group) => !groups.includes(group));
  const menu = {
    type: 'static_select' as const,
    action_id: ACTION.addOptions,
    placeholder: caption(words.addOptions),
    options: left.map((group) => option(words.groups[group], group)),
  };
  const review = button(ACTION.review, words.review, 'review');
  return { ...actions(left.length === 0 ? [review] : [menu, review]), block_id: optionsBlock(groups.length) };
}

function runsAsBlock({ runsAs, choices }: SessionForm, text: Text): KnownBlock {
  return context(facts(runsAs.who, ...policyFacts(choices, text)));
}

/** What is free of the budget with the least left, and that the policy adds to the task. */
function policyFacts(choices: Choices | null, { policy: { money }, modal: words }: Text) {
  const [tightest] = (choices?.budgets ?? []).toSorted((a, b) => freeOf(a) - freeOf(b));
  const { instructions = null } = choices ?? {};
  const free = (one: Ceiling): string =>
    `${money.whose[one.key]}: ${money.free(acuWords(Math.max(0, freeOf(one))), acuWords(one.most))}`;
  return [tightest === undefined ? null : free(tightest), instructions === null ? null : words.instructions];
}
