import type { ActionsBlock, ModalView, SectionBlock } from '@slack/types';
import { countingYes, type Approval, type AskedFor } from '../../session/approval.ts';
import { withoutCredentials } from '../../session/credentials.ts';
import type { Names } from '../../session/defaults.ts';
import { acuWords, leftWords } from '../../text/amounts.ts';
import type { Text } from '../../text/index.ts';
import {
  ACTION,
  approvalValue,
  CARD_ACTION,
  DECLINE_BLOCK,
  declineMetadata,
  type DeclineMetadata,
  VIEW,
} from '../ids.ts';
import { fieldRows, shownMoment } from './details-values.ts';
import { inputBlock, textElement } from './form/elements.ts';
import { readEntered, typedIn } from './form/entered.ts';
import { LIMIT } from './limits.ts';
import {
  actions,
  button,
  charactersOf,
  context,
  fitting,
  modal,
  primary,
  section,
  sections,
  titled,
  type Rendered,
} from './objects.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import { bold, codeBlocks, escape, oneLine, truncate } from './text.ts';

/** What an approver is asked. Strings are raw. */
export type ApprovalView = {
  requestId: string;
  number: number;
  approval: Approval;
  /** null: it waits for them. `notAsked`: they may no longer decide. */
  ended: NonNullable<Approval['end']>['kind'] | 'canceled' | 'started' | 'notAsked' | null;
  /** Whether anything started, if it ended without a session; null: not shown. */
  started: 'nothingStarted' | 'notSentAgain' | null;
  untilMs: number | null;
  /** Slack user id. */
  requester: string;
  /** null: in a direct message. */
  channelId: string | null;
  task: string;
  secretNames: readonly string[];
  /** Everything else that would be sent. */
  asked: AskedFor;
  names: Names;
};

const TASK_BLOCKS = 4;
const SAY_LENGTH = 1000;
const NAMES_LENGTH = 500;
const INSTRUCTIONS_LENGTH = 1000;
const REASON_LENGTH = 1000;

/** Exactly what would be sent, the rule, and the time limit. Once it is decided, the outcome replaces the buttons. */
export function renderApproval(message: ApprovalView, text: Text): Rendered {
  const words = text.approval.message;
  const title = bold(message.ended === null ? words.title : words.over);
  const lines = [title, askLine(message, text), ...ruleLines(message, text)];
  const task = taskBlocks(message.task);
  const facts = factLines(message, text);
  const standing = standingLines(message, text);
  const head = section(lines.join('\n'));
  const end = [...sections(standing), ...(message.ended === null ? [buttons(message, text)] : [])];
  const room = LIMIT.messageJson - charactersOf([head, ...end]);
  return {
    text: truncate([...lines, ...standing, ...facts, ...task.blocks].join('\n'), LIMIT.messageText),
    blocks: [head, ...asMuchAsFits(task, sections(facts), { room, text }), ...end],
  };
}

type Task = ReturnType<typeof taskBlocks>;

/** The task, and everything else that would be sent. If it's too long for a message, the end of both is in Details. */
function asMuchAsFits(task: Task, facts: SectionBlock[], { room, text }: { room: number; text: Text }) {
  const note = context(text.approval.message.cut);
  const blocks = task.blocks.map(section);
  const left = room - charactersOf(note);
  const shownFacts = fitting(facts, Math.max(left / 2, left - charactersOf(blocks)), charactersOf);
  const shownTask = fitting(blocks, left - charactersOf(shownFacts), charactersOf);
  const isCut = task.cut || shownTask.length < blocks.length || shownFacts.length < facts.length;
  return [...shownTask, ...(isCut ? [note] : []), ...shownFacts];
}

/** As code, so that approvers see every character. */
function taskBlocks(task: string): { blocks: string[]; cut: boolean } {
  const blocks = codeBlocks(withoutCredentials(task));
  return { blocks: blocks.slice(0, TASK_BLOCKS), cut: blocks.length > TASK_BLOCKS };
}

function askLine({ requester, channelId }: ApprovalView, { approval }: Text): string {
  const where = channelId === null ? approval.message.direct : `<#${escape(channelId)}>`;
  return approval.message.asks(`<@${escape(requester)}>`, where);
}

function ruleLines({ approval: { rule, say, need } }: ApprovalView, { approval }: Text): string[] {
  return [
    approval.message.rule(escape(rule), need),
    ...(say === null ? [] : [escape(truncate(say, SAY_LENGTH))]),
  ];
}

function factLines(message: ApprovalView, text: Text): string[] {
  const words = text.approval.message;
  const { secretNames, asked, names: named, approval } = message;
  const { budget, most } = approval;
  const { files, quotedMessages, leftOut, instructions, hasTranscript } = asked;
  const { max_acu_limit: cap, ...others } = asked.values;
  return [
    words.runsAs(escape(asked.runsAs ?? text.card.serviceUser)),
    words.cost(capWords(cap), capWords(most)),
    ...(budget === undefined ? [] : [words.left(...leftWords(budget))]),
    // Uncut, unlike on a card: nobody can approve what they don't see.
    ...fieldRows({ values: others, names: named }, text),
    ...(quotedMessages === 0 ? [] : [words.quotes(quotedMessages, hasTranscript)]),
    ...(files.length === 0 ? [] : [words.files(names(files))]),
    ...(secretNames.length === 0 ? [] : [words.secrets(names(secretNames))]),
    ...(leftOut === 0 ? [] : [words.leftOut(leftOut)]),
    ...(instructions === null
      ? []
      : [words.instructions(escape(truncate(oneLine(instructions), INSTRUCTIONS_LENGTH)))]),
  ];
}

const capWords = (cap: number | undefined): string | null => (cap === undefined ? null : acuWords(cap));

const SAYS_WHAT_STARTED: ReadonlySet<ApprovalView['ended']> = new Set([
  'approved',
  'declined',
  'expired',
  'left',
  'canceled',
]);

function standingLines(message: ApprovalView, text: Text): string[] {
  const { approval, untilMs, ended, started } = message;
  const words = text.approval.message;
  const yes = ended === null ? countingYes(approval) : approval.yes;
  const voters = names(yes.map(({ name }) => name));
  if (ended === null)
    return [
      ...(yes.length === 0 ? [] : [text.approval.onCard.soFar(voters)]),
      ...(untilMs === null ? [] : [words.until(shownMoment(untilMs, text))]),
    ];
  const by = escape(approval.end?.by?.name ?? text.approval.someone);
  const reason = approval.end?.reason ?? null;
  const sentence = text.joins.sentences([
    words.ended[ended](ended === 'approved' ? voters : by),
    started === null || !SAYS_WHAT_STARTED.has(ended) ? '' : text.notices[started],
  ]);
  const because = reason === null ? [] : [text.approval.reason(escape(truncate(reason, REASON_LENGTH)))];
  const when = approval.end === null ? [] : [shownMoment(approval.end.atMs, text)];
  return [[bold(sentence), ...when].join(BETWEEN_FACTS), ...because];
}

/** To an owner of the policy: too few people can give the approvals that this rule or limit requires. */
export function renderLackingApprovers(rule: string, { approval: { lacking } }: Text): Rendered {
  return titled(lacking.title, lacking.why(escape(rule)), lacking.next);
}

function names(raw: readonly string[]): string {
  return escape(truncate(raw.map((name) => oneLine(name)).join(', '), NAMES_LENGTH));
}

function buttons({ requestId, number }: ApprovalView, text: Text): ActionsBlock {
  const { approve, decline } = text.approval.message;
  const value = approvalValue({ requestId, number });
  return actions([
    primary(button(ACTION.approve, approve, value)),
    button(ACTION.decline, decline, value),
    button(ACTION.editAsked, text.notices.offer.edit, value),
    button(CARD_ACTION.details, text.card.buttons.details, requestId),
  ]);
}

/** How long an approver's reason can be, in characters. */
const TYPED_LENGTH = 500;

/** Asks an approver why they decline. The requester sees the reason. */
export function renderDeclineDialog(metadata: DeclineMetadata, text: Text): ModalView {
  const { dialog } = text.approval;
  const { label, hint } = dialog;
  const element = textElement({ maxLength: TYPED_LENGTH, multiline: true, focus: true });
  return modal(
    {
      id: VIEW.decline,
      metadata: declineMetadata.write(metadata),
      words: { title: dialog.title, submit: text.approval.message.decline },
      blocks: [inputBlock({ blockId: DECLINE_BLOCK, label, hint, optional: false, element })],
    },
    text,
  );
}

/** Empty if nothing was written. */
export function readDeclineDialog(state: unknown): string {
  return typedIn(readEntered(state), DECLINE_BLOCK).trim().slice(0, TYPED_LENGTH);
}
