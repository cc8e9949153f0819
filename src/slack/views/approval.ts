import type { ActionsBlock, ModalView } from '@slack/types';
import type { Approval } from '../../session/approval.ts';
import { withoutCredentials } from '../../session/credentials.ts';
import type { Names } from '../../session/defaults.ts';
import type { StoredDraft } from '../../session/fields.ts';
import { acuWords, moneyWords, type Text } from '../../text/index.ts';
import { ACTION, approvalValue, CARD_ACTION, DECLINE_BLOCK, type AskedApproval, VIEW } from '../edge/ids.ts';
import { fieldRows, row, shownMoment } from './details.ts';
import {
  inputBlock,
  readTyped,
  textElement,
  LIMIT,
  actions,
  button,
  charactersOf,
  context,
  fitting,
  modal,
  packed,
  primary,
  section,
  sections,
  type Rendered,
} from './objects.ts';
import {
  bold,
  codeBlocks,
  escape,
  facts,
  ifAny,
  mention,
  oneLine,
  present,
  struck,
  truncate,
} from './text.ts';

/** What an approver is asked. Strings are raw. */
export type ApprovalView = {
  requestId: string;
  number: number;
  approval: Approval;
  title: string;
  untilMs: number | null;
  /** Slack user id. */
  requester: string;
  /** null: in a direct message. */
  channelId: string | null;
  task: string;
  secretNames: readonly string[];
  asked: AskedFor;
  names: Names;
};

type End = NonNullable<Approval['end']>;

/** Everything that would be sent besides the task. */
type AskedFor = {
  values: StoredDraft;
  /** null: as the service user. */
  runsAs: string | null;
  quotedMessages: number;
  files: readonly string[];
  leftOut: number;
  /** What the policy adds to the task; null: nothing. */
  instructions: string | null;
};

const TASK_BLOCKS = 4;
const SAY_LENGTH = 1000;
const NAMES_LENGTH = 500;
const INSTRUCTIONS_LENGTH = 1000;
const REASON_LENGTH = 1000;

/** Exactly what would be sent, the rule, and the time limit. Once it is over, only how. */
export function renderApproval(message: ApprovalView, text: Text): Rendered {
  const { end } = message.approval;
  return end === null ? asking(message, text) : packed(overLines(message, end, text));
}

function asking(message: ApprovalView, text: Text): Rendered {
  const words = text.approval.message;
  const { approval, untilMs } = message;
  const lines = askLines(message, text);
  const rows = factLines(message, text);
  const task = codeBlocks(withoutCredentials(message.task));
  const voters = names(approval.yes.map(({ name }) => name));
  const standing = present([
    voters === '' ? null : text.approval.onCard.approved(voters),
    ifAny(untilMs, (ms) => words.until(shownMoment(ms, text))),
  ]);
  const head = section(lines.join('\n'));
  const note = context(words.cut);
  const end = [...sections(standing), approvalButtons(message, text)];
  // The beginning of both, if they are too long for a message: the end is in Details.
  const room = LIMIT.messageJson - charactersOf([head, note, end]);
  const blocks = task.slice(0, TASK_BLOCKS).map(section);
  const allFacts = sections(rows);
  const shownFacts = fitting(allFacts, Math.max(room / 2, room - charactersOf(blocks)), charactersOf);
  const shownTask = fitting(blocks, room - charactersOf(shownFacts), charactersOf);
  const isCut = shownTask.length < task.length || shownFacts.length < allFacts.length;
  return {
    text: truncate([...lines, ...standing, ...rows, ...task].join('\n'), LIMIT.messageText),
    blocks: [head, ...shownTask, ...shownFacts, ...(isCut ? [note] : []), ...end],
  };
}

function askLines(
  { title, requester, channelId, approval: { rule, say, need, budget, most } }: ApprovalView,
  text: Text,
): string[] {
  const words = text.approval.message;
  const where = ifAny(channelId, (id) => `<#${escape(id)}>`);
  return present([
    facts(words.asks(bold(escape(title)), mention(requester)), where),
    // What a limit is about is among the facts.
    budget === undefined && most === undefined ? words.rule(escape(rule)) : null,
    need > 1 ? words.need(need) : null,
    ifAny(say, (sentence) => escape(truncate(sentence, SAY_LENGTH))),
  ]);
}

/** What became of it, and by whom. */
function overLines({ title, approval }: ApprovalView, { kind, by, reason, atMs }: End, text: Text): string[] {
  const task = escape(oneLine(title));
  const [shown, who] =
    kind === 'approved'
      ? [bold(task), names(approval.yes.map(({ name }) => name))]
      : [struck(task), mention(by?.userId ?? '')];
  return present([
    shown,
    facts(bold(approvalEnd(kind, who, text)), shownMoment(atMs, text)),
    ifAny(reason, (sentence) => text.approval.reason(escape(truncate(sentence, REASON_LENGTH)))),
  ]);
}

/** How it ended. `who`: whoever ended it. */
export function approvalEnd(kind: End['kind'], who: string, { approval, card }: Text): string {
  switch (kind) {
    case 'approved':
      return approval.onCard.approved(who);
    case 'canceled':
      return card.canceledBy(who);
    case 'declined':
      return approval.message.declined(who);
    default:
      return approval.message.ended[kind];
  }
}

function factLines(message: ApprovalView, text: Text): string[] {
  const words = text.approval.message;
  const { secretNames, asked, names: named, approval } = message;
  const { budget, most } = approval;
  const { files, quotedMessages, leftOut, instructions } = asked;
  const { max_acu_limit: cap, ...others } = asked.values;
  const { fields, modal, details } = text;
  return present([
    modal.runsAs(escape(asked.runsAs ?? text.card.serviceUser)),
    row(fields.max_acu_limit.label, cap === undefined ? details.none : acuWords(cap)),
    most === undefined ? null : text.policy.hurdles.cap(acuWords(most)),
    budget === undefined ? null : words.left(moneyWords(budget, text)),
    // Uncut, unlike on a card: nobody can approve what they don't see.
    ...fieldRows({ values: others, secretNames, names: named }, text),
    quotedMessages === 0 ? null : words.quotes(quotedMessages),
    files.length === 0 ? null : row(modal.files.label, names(files)),
    leftOut === 0 ? null : words.leftOut(leftOut),
    ifAny(instructions, (added) =>
      row(details.instructions, escape(truncate(oneLine(added), INSTRUCTIONS_LENGTH))),
    ),
  ]);
}

function names(raw: readonly string[]): string {
  return escape(truncate(raw.map((name) => oneLine(name)).join(', '), NAMES_LENGTH));
}

/** Details show all of it. */
export function approvalButtons(asked: AskedApproval, text: Text): ActionsBlock {
  const { approve, decline } = text.approval.message;
  const { requestId, number } = asked;
  const value = approvalValue.write({ requestId, number });
  return actions([
    primary(button(ACTION.approve, approve, value)),
    button(ACTION.decline, decline, value),
    button(CARD_ACTION.details, text.card.buttons.details, requestId),
  ]);
}

/** How long an approver's reason can be, in characters. */
const TYPED_LENGTH = 500;

/** Asks an approver why they decline. The requester sees the reason. */
export function renderDeclineDialog(asked: AskedApproval, text: Text): ModalView {
  const { dialog } = text.approval;
  const { label, hint } = dialog;
  const element = textElement({ maxLength: TYPED_LENGTH, multiline: true, focus: true });
  return modal(
    {
      id: VIEW.decline,
      metadata: approvalValue.write(asked),
      words: { title: dialog.title, submit: text.approval.message.decline },
      blocks: [inputBlock({ blockId: DECLINE_BLOCK, label, hint, optional: false, element })],
    },
    text,
  );
}

/** Empty if nothing was written. */
export function readDeclineDialog(state: unknown): string {
  return readTyped(state, DECLINE_BLOCK).slice(0, TYPED_LENGTH);
}
