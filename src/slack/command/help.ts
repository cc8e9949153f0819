import type { Button } from '@slack/types';
import { fieldOf, fields, type Field } from '../../session/fields.ts';
import {
  SUBCOMMANDS,
  type Doubt,
  type IntentOf,
  type Problem,
  type Subcommand,
} from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, CARD_ACTION, runAction } from '../edge/ids.ts';
import { invalidValue } from '../views/form/fields.ts';
import { formButton, refusal } from '../views/notices.ts';
import {
  LIMIT,
  actions,
  button,
  buttonRow,
  joinParts,
  line,
  primary,
  sections,
  titled,
  type Rendered,
} from '../views/objects.ts';
import { bold, code, escape, fitCodeBlock, link, truncate, unescape } from '../views/text.ts';
import { bangWords } from './flags.ts';

/** How much a sentence quotes of what was typed; the notice around it quotes everything. */
const QUOTED_LENGTH = 200;

/** One screen: how to start, or every option and sub-command. */
export function renderHelp(
  { command, withOptions }: { command: string; withOptions: boolean },
  text: Text,
): Rendered {
  const paragraphs = withOptions ? allOptions(command, text) : howToStart(command, text);
  const { mySessions, allOptions: all } = text.command.help;
  const buttons = [
    primary(button(ACTION.startHere, text.notices.openForm, 'channel')),
    button(runAction(0), mySessions, 'list'),
    button(runAction(1), all, 'help options'),
  ];
  return {
    text: truncate(paragraphs.map((lines) => lines.join('\n')).join('\n\n'), LIMIT.messageText),
    blocks: [...paragraphs.flatMap((lines) => sections(lines)), ...(withOptions ? [] : [actions(buttons)])],
  };
}

/** After the slash command's name. */
export const USAGE: Readonly<Record<Subcommand, string>> = {
  help: 'help',
  list: 'list',
  status: 'status <session>',
  why: 'why [options]',
  whoami: 'whoami',
  usage: 'usage',
  follow: 'follow <session>',
  say: 'say <session> <message>',
  stop: 'stop <session>',
  archive: 'archive <session>',
  defaults: 'defaults',
  settings: 'settings',
  link: 'link @person <user-id>',
};

function howToStart(command: string, text: Text): string[][] {
  const { help } = text.command;
  const first = flagFields.slice(0, FIRST_OPTIONS).map(({ flag }) => code(flag ?? ''));
  return [[bold(text.modal.title), code(`${command} ${help.example}`), help.shortcut(first.join(' '))]];
}

function allOptions(command: string, text: Text): string[][] {
  const { help } = text.command;
  return [
    [bold(help.allOptions), ...flagFields.map((field) => flagLine(field, text)), help.flagsNote],
    [
      help.modes(bangWords.map(code).join(' ')),
      escape(help.formOnly(text.joins.list(formOnly.map((field) => label(field, text))))),
    ],
    [
      bold(help.subcommandsTitle),
      ...SUBCOMMANDS.map((name) => usageLine(command, name, text)),
      help.sessionNote,
    ],
  ];
}

/** How many options help shows first. */
const FIRST_OPTIONS = 3;

/** A sentence for each problem, escaped. */
export function renderProblems(problems: readonly Problem[], command: string, text: Text): string[] {
  return problems.map((problem) => renderProblem(problem, command, text));
}

/** Why nothing came of what was typed, which is quoted. */
export function renderNotDone(
  problems: string[],
  { command, typed, title }: { command: string; typed: string; title?: string },
  text: Text,
): Rendered {
  const { notAnswered } = text.command;
  return refusal(
    { problems, typed: `${command} ${unescape(typed)}`, title: title ?? notAnswered.title },
    text,
  );
}

type Offered = {
  command: string;
  /** Raw. */
  typed: string;
  /** The form that holds what could be read. */
  formId: string;
};

/** Asks about a text that may not be a task, or says why it can't be one. */
export function renderDoubt(
  intent: IntentOf<'ask-first' | 'invalid'>,
  offered: Offered,
  text: Text,
): Rendered {
  const { command, typed, formId } = offered;
  if (intent.kind === 'invalid') {
    const problems = renderProblems(intent.problems, command, text);
    return refusal({ problems, typed, offer: formButton(formId, text) }, text);
  }
  const { question } = text.command;
  const { asked, meant } = questionAbout(intent.doubt, offered, text);
  return joinParts([
    titled(text.notices.nothingStarted, asked),
    line(fitCodeBlock(typed).block),
    buttonRow(
      ...(meant === null ? [] : [meant]),
      button(ACTION.startAsTask, question.start, formId),
      button(ACTION.openForm, question.edit, formId),
    ),
  ]);
}

/** With the button that does what was probably meant; null: nobody can tell. */
function questionAbout(
  doubt: Doubt,
  { command, formId }: Offered,
  text: Text,
): { asked: string; meant: Button | null } {
  const { question } = text.command;
  const shown = (typed: string): string => code(truncate(typed, LIMIT.placeholder));
  switch (doubt.kind) {
    case 'perhaps-talk':
      return { asked: question.task, meant: null };
    case 'credential':
      return { asked: question.credential(shown(doubt.starts)), meant: null };
    case 'command': {
      const { name, meant } = doubt;
      if (meant === null) return { asked: question.incomplete(usageOf(name, command)), meant };
      const typed = `${command} ${meant}`;
      const run = meant.length > LIMIT.buttonValue ? null : button(runAction(0), typed, meant);
      return { asked: question.meant(shown(typed)), meant: run };
    }
    case 'option': {
      const meant = unescape(doubt.meant);
      const start = button(ACTION.startAsMeant, question.startWith(meant), formId);
      if (meant !== '') return { asked: question.option(shown(meant)), meant: start };
      const flag = unescape(doubt.typed.join(' '));
      const unknown = renderProblem({ kind: 'unknown-flag', flag }, command, text);
      return { asked: text.joins.sentences([unknown, question.unknownOption]), meant: null };
    }
  }
}

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

const flagFields = fields.filter(({ flag }) => flag !== null);
/** Fields that only the form has. The task has no flag either: it is the text without the flags. */
const formOnly = fields.filter(({ flag, input }) => flag === null && input.kind !== 'text');

function flagLine(field: Field, text: Text): string {
  const takes = escape(flagTakes(field, text));
  const flag = code(field.flag ?? '');
  return field.input.kind === 'switch'
    ? `${flag} ${takes}`
    : `${flag} ${escape(label(field, text))}: ${takes}`;
}

/** What a flag takes, in plain words. A list's flag can be repeated, and takes several values at once. */
export function flagTakes({ key, input }: Field, text: Text): string {
  const { takes } = text.fields[key];
  return input.kind === 'list' ? text.command.several(takes, input.none) : takes;
}

/** How a sub-command is typed, as a code span. */
const usageOf = (name: Subcommand, command: string): string => code(`${command} ${USAGE[name]}`);

function usageLine(command: string, name: Subcommand, text: Text): string {
  const does = escape(text.command.help.subcommands[name]);
  return `${usageOf(name, command)} ${does}`;
}

function label(field: Field, text: Text): string {
  return text.fields[field.key].label;
}

/** A wrong value is said in the same words as at the input of a form. */
function renderProblem(problem: Problem, command: string, text: Text): string {
  const { problems, question } = text.command;
  if (problem.kind === 'no-task') return problems.noTask;
  if (problem.kind === 'incomplete') return question.incomplete(usageOf(problem.name, command));
  if (problem.kind === 'unknown-flag')
    return problems.unknownFlag(code(truncate(problem.flag, QUOTED_LENGTH)), code(`${command} help options`));
  const field = fieldOf(problem.field);
  const words =
    problem.kind === 'too-many'
      ? text.modal.errors.tooMany(problem.most, problem.given)
      : invalidValue('value' in problem ? problem.value : '', flagTakes(field, text), text);
  return `${code(field.flag ?? '')}: ${escape(words)}`;
}
