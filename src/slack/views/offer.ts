import type { Doubt } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, CARD_ACTION, runAction } from '../edge/ids.ts';
import { LIMIT, button, buttonRow, joinParts, line, primary, titled, type Rendered } from './objects.ts';
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
  const { typed, formId } = asking;
  const { question } = text.command;
  const meant = meantButton(asking, text);
  return joinParts([
    titled(text.notices.nothingStarted, askedWords(asking, text)),
    line(fitCodeBlock(typed).block),
    buttonRow(
      ...(meant === null ? [] : [meant]),
      button(ACTION.startAsTask, question.start, formId),
      button(ACTION.openForm, question.edit, formId),
    ),
  ]);
}

/** Does what was probably meant; null: nobody can tell. */
function meantButton({ command, formId, doubt }: TaskQuestion, { command: { question } }: Text) {
  if (doubt.kind === 'command' && doubt.meant !== null && doubt.meant.length <= LIMIT.buttonValue)
    return button(runAction(0), `${command} ${doubt.meant}`, doubt.meant);
  if (doubt.kind !== 'option' || doubt.meant === '') return null;
  return button(ACTION.startAsMeant, question.startWith(unescape(doubt.meant)), formId);
}

function askedWords(
  { command, usage, doubt }: TaskQuestion,
  { command: { question, problems }, joins }: Text,
): string {
  const shown = (typed: string): string => code(truncate(typed, LIMIT.placeholder));
  switch (doubt.kind) {
    case 'perhaps-talk':
      return question.task;
    case 'command':
      return doubt.meant === null
        ? question.incomplete(shown(`${command} ${usage}`))
        : question.meant(shown(`${command} ${doubt.meant}`));
    case 'option':
      if (doubt.meant !== '') return question.option(shown(unescape(doubt.meant)));
      return joins.sentences([
        problems.unknownFlag(shown(unescape(doubt.typed.join(' '))), code(`${command} help options`)),
        question.unknownOption,
      ]);
    case 'credential':
      return question.credential(shown(doubt.starts));
  }
}
