import type { AskedFirst } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, CARD_ACTION, heldReply, type HeldReply, runAction } from '../ids.ts';
import { runsAsFact, type RunsAs } from './card-facts.ts';
import { LIMIT } from './limits.ts';
import { formButton } from './notices.ts';
import { button, buttonRow, joinParts, line, primary, titled, type Rendered } from './objects.ts';
import { code, fitCodeBlock, link, truncate } from './text.ts';

type Running = {
  requestId: string;
  /** null: no session yet. */
  url: string | null;
  /** The button that starts another, with the id of its form. */
  another: { actionId: string; formId: string };
};

/** Asks before a second session starts beside a running one, since it costs money. */
export function renderRunning({ requestId, url, another }: Running, text: Text): Rendered {
  const { title, why, session, reply, start } = text.notices.running;
  const where = url === null ? why : `${why} ${link(url, session)}`;
  return joinParts([
    titled(title, where),
    buttonRow(
      primary(button(CARD_ACTION.reply, reply, requestId)),
      button(another.actionId, start, another.formId),
    ),
  ]);
}

/** `session`: the title of the one that asked. Escaped. */
export type AnswerOrTask = { held: HeldReply; session: string };

/** For the author of a direct message beside a session that waits for an answer. `formId` null: it is no task. */
export function renderAnswerOrTask(
  { held, session }: AnswerOrTask,
  formId: string | null,
  { notices, thread }: Text,
): Rendered {
  return joinParts([
    line(notices.answerOrTask(session)),
    buttonRow(
      primary(button(ACTION.sendHeld, thread.sendHeld, heldReply.write(held))),
      ...(formId === null ? [] : [button(ACTION.startAsTask, notices.running.start, formId)]),
    ),
  ]);
}

/** For the author of a message that may be a task. It isn't quoted, because it's right above. */
export function renderOffer(formId: string, as: RunsAs, text: Text): Rendered {
  const { title, start, edit, runsAs } = text.notices.offer;
  const lines = runsAsFact(as, text).map((fact) => runsAs(fact));
  return joinParts([
    titled(title, ...lines),
    buttonRow(primary(button(ACTION.startAsTask, start, formId)), button(ACTION.openForm, edit, formId)),
  ]);
}

/** For the author of a file or a forwarded message without words, which are right above. */
export function renderWordless(formId: string, text: Text): Rendered {
  const { title, why } = text.notices.wordless;
  return joinParts([titled(title, why), buttonRow(primary(formButton(formId, text)))]);
}

/** Asks whether a text is a command or a task. What was typed comes raw. */
type TaskQuestion = {
  command: string;
  typed: string;
  /** The form that holds the text as a task. */
  formId: string;
  /** The command to run; null: none, or something is missing. */
  meant: string | null;
  /** How to use the command that was probably meant; null: none is close. */
  usage: string | null;
  hint: AskedFirst['hint'];
};

export function renderQuestion(asking: TaskQuestion, text: Text): Rendered {
  const { command, typed, formId, meant, hint } = asking;
  const { question } = text.command;
  const isOption = hint?.kind === 'option' || hint?.kind === 'first-word';
  const start = isOption ? question.startWith(hint.typed) : question.start;
  const runs = meant === null || meant.length > LIMIT.buttonValue ? null : meant;
  return joinParts([
    titled(question.title, askedWords(asking, text)),
    line(fitCodeBlock(typed).block),
    buttonRow(
      ...(runs === null ? [] : [button(runAction(0), `${command} ${runs}`, runs)]),
      button(hint?.kind === 'credential' ? ACTION.startWithCredential : ACTION.startAsTask, start, formId),
      button(ACTION.openForm, text.notices.offer.edit, formId),
    ),
  ]);
}

function askedWords({ command, meant, usage, hint }: TaskQuestion, { command: { question } }: Text): string {
  const shown = (typed: string): string => code(truncate(typed, LIMIT.placeholder));
  if (hint !== null) return question.hints[hint.kind](shown(hint.typed));
  if (meant !== null) return question.meant(shown(`${command} ${meant}`));
  return usage === null ? question.wholeTask : question.incomplete(shown(`${command} ${usage}`));
}
