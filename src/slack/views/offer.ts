import type { Doubt } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, CARD_ACTION, meantOption, runAction } from '../edge/ids.ts';
import { formButton } from './notices.ts';
import { LIMIT, button, buttonRow, joinParts, line, primary, titled, type Rendered } from './objects.ts';
import { runsAsFact, type RunsAs } from './session-card.ts';
import { code, fitCodeBlock, link, truncate, unescape } from './text.ts';

type Running = {
  requestId: string;
  /** null: no session yet. */
  url: string | null;
  /** The button that starts another, with the id of its form. */
  another: { actionId: string; formId: string };
};

/** Asks before a second session starts beside a running one, since it costs money. */
export function renderRunning({ requestId, url, another }: Running, text: Text): Rendered {
  const { title, reply, start } = text.notices.running;
  const why = text.notices.nothingStarted;
  const where = url === null ? why : `${why} ${link(url, text.card.buttons.open)}`;
  return joinParts([
    titled(title, where),
    buttonRow(
      primary(button(CARD_ACTION.reply, reply, requestId)),
      button(another.actionId, start, another.formId),
    ),
  ]);
}

/** `session`: the title of the one that asked. Escaped. */
export type AnswerOrTask = { replyId: string; session: string };

/** For the author of a direct message beside a session that waits for an answer. */
export function renderAnswerOrTask(
  { replyId, session }: AnswerOrTask,
  formId: string,
  { notices, thread }: Text,
): Rendered {
  return joinParts([
    line(notices.answerOrTask(session)),
    buttonRow(
      primary(button(ACTION.sendAgain, thread.sendHeld, replyId)),
      button(ACTION.startAsTask, notices.running.start, formId),
    ),
  ]);
}

/** For the author of a message that may be a task. It isn't quoted, because it's right above. */
export function renderOffer(formId: string, as: RunsAs, text: Text): Rendered {
  const { title, edit, runsAs } = text.notices.offer;
  const lines = runsAsFact(as, text).map((fact) => runsAs(fact));
  return joinParts([
    titled(title, ...lines),
    buttonRow(
      primary(button(ACTION.startAsTask, text.modal.submit, formId)),
      button(ACTION.openForm, edit, formId),
    ),
  ]);
}

/** For the author of a file or a forwarded message without words, which are right above. */
export function renderWordless(formId: string, text: Text): Rendered {
  const { title, why } = text.notices.wordless;
  return joinParts([titled(title, why), buttonRow(primary(formButton(formId, text)))]);
}

/** Asks before a session starts. What was typed comes raw. */
type TaskQuestion = {
  command: string;
  typed: string;
  /** The form that holds the text as a task. */
  formId: string;
  doubt: Doubt;
  /** How to use the command that was probably meant; null: none is close. */
  usage: string | null;
};

export function renderQuestion(asking: TaskQuestion, text: Text): Rendered {
  const { typed, formId, doubt } = asking;
  const { question } = text.command;
  const meant = meantButton(asking, text);
  const start = doubt.kind === 'credential' ? ACTION.startWithCredential : ACTION.startAsTask;
  return joinParts([
    titled(text.notices.nothingStarted, askedWords(asking, text)),
    line(fitCodeBlock(typed).block),
    buttonRow(
      ...(meant === null ? [] : [meant]),
      button(start, question.start, formId),
      button(ACTION.openForm, text.notices.offer.edit, formId),
    ),
  ]);
}

/** Does what was probably meant; null: nobody can tell. */
function meantButton({ command, formId, doubt }: TaskQuestion, { command: { question } }: Text) {
  if (doubt.kind === 'command' && doubt.meant !== null && doubt.meant.length <= LIMIT.buttonValue)
    return button(runAction(0), `${command} ${doubt.meant}`, doubt.meant);
  if (doubt.kind !== 'option' || doubt.meant === '') return null;
  const value = meantOption.write({ formId, typed: doubt.typed.map(unescape), meant: doubt.meant });
  const label = question.startWith(unescape(doubt.meant));
  return value.length > LIMIT.buttonValue ? null : button(ACTION.startAsMeant, label, value);
}

function askedWords({ command, usage, doubt }: TaskQuestion, { command: { question } }: Text): string {
  const shown = (typed: string): string => code(truncate(typed, LIMIT.placeholder));
  switch (doubt.kind) {
    case 'perhaps-talk':
      return question.wholeTask;
    case 'command':
      return doubt.meant === null
        ? question.incomplete(shown(`${command} ${usage}`))
        : question.meant(shown(`${command} ${doubt.meant}`));
    case 'option':
      return doubt.meant === ''
        ? question.unknownOption(shown(unescape(doubt.typed.join(' '))))
        : question.option(shown(unescape(doubt.meant)));
    case 'credential':
      return question.credential(shown(doubt.starts));
  }
}
