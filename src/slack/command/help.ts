import { fields } from '../../session/fields.ts';
import type { Field, FieldKey } from '../../session/fields.ts';
import type { Problem, Subcommand } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { LIMIT } from '../blocks/limits.ts';
import { sections } from '../blocks/objects.ts';
import type { Rendered } from '../blocks/objects.ts';
import { bold, code, escape, truncate, unescape } from '../blocks/text.ts';
import { bangWords } from './flags.ts';
import { flagTakes } from './takes.ts';

/** How much of what was typed a sentence quotes; the notice around it quotes all of it. */
const QUOTED_LENGTH = 200;

/** `shown`: the sub-commands that this installation answers. */
export function renderHelp(text: Text, command: string, shown: readonly Subcommand[] = ['help']): Rendered {
  const { help } = text.command;
  const parts = [
    [
      bold(help.title),
      escape(help.usage(command)),
      ...help.examples.map((example) => code(`${command} ${example}`)),
    ],
    [bold(help.flagsTitle), ...flagFields.map((field) => flagLine(field, text)), escape(help.flagsNote)],
    [
      help.modes(bangWords.map(code).join(' ')),
      escape(help.formOnly(formOnly.map((field) => label(field, text)).join(', '))),
    ],
    [
      bold(help.subcommandsTitle),
      ...shown.map((name) => subcommandLine(name, command, text)),
      escape(help.subcommandsNote),
    ],
  ];
  return {
    text: truncate(parts.map((lines) => lines.join('\n')).join('\n\n'), LIMIT.messageText),
    blocks: parts.flatMap((lines) => sections(lines)),
  };
}

/** `typed`: the command's text as Slack sent it. `where`: what its options are for. */
type Asked = { typed: string; where: 'task' | 'defaults' };

/** A sentence for each problem, escaped. */
export function renderProblems(problems: readonly Problem[], asked: Asked, text: Text): string[] {
  return problems.map((problem) => renderProblem(problem, asked, text));
}

const flagFields = fields.filter(({ flag }) => flag !== null);
/** The task has no flag either: it is what is left when the flags are gone. */
const formOnly = fields.filter(({ flag, input }) => flag === null && input.kind !== 'text');

function flagLine(field: Field, text: Text): string {
  const takes = escape(flagTakes(field, text));
  const flag = code(field.flag ?? '');
  return field.input.kind === 'switch'
    ? `${flag} ${takes}`
    : `${flag} ${escape(label(field, text))}: ${takes}`;
}

function subcommandLine(name: Subcommand, command: string, text: Text): string {
  const { usage, does } = text.command.help.subcommands[name];
  return `${code(`${command} ${usage}`)} ${escape(does)}`;
}

function label(field: Field, text: Text): string {
  return text.fields[field.key].label;
}

function renderProblem(problem: Problem, { typed, where }: Asked, text: Text): string {
  const { problems } = text.command;
  switch (problem.kind) {
    case 'unknown-flag':
      return renderUnknownFlag(problem, where, text);
    case 'missing-value':
      return problems.missingValue(flagOf(problem.field, text), takesOf(problem.field, text));
    case 'bad-value':
      return problems.badValue(
        flagOf(problem.field, text),
        quoted(problem.value),
        takesOf(problem.field, text),
      );
    case 'unclosed-quote':
      return problems.unclosedQuote(flagOf(problem.field, text), quoted(problem.value));
    case 'repeated':
      return problems.repeated(flagOf(problem.field, text));
    case 'incomplete':
      return problems.incomplete(
        code(problem.subcommand),
        code(text.command.help.subcommands[problem.subcommand].usage),
      );
    case 'ambiguous':
      return problems.ambiguous(
        quoted(unescape(typed)),
        code(text.command.help.subcommands[problem.subcommand].usage),
      );
    case 'too-long':
      return problems.tooLong(problem.max);
    case 'no-task':
      return typed.trim() === '' ? problems.noTask : problems.noTaskIn(quoted(unescape(typed)));
  }
}

function renderUnknownFlag(
  { flag, nearest }: Extract<Problem, { kind: 'unknown-flag' }>,
  where: Asked['where'],
  text: Text,
): string {
  const { problems } = text.command;
  const inForm = formOnly.find(({ key }) => nameOf(key) === nameOf(flag));
  if (inForm !== undefined) return problems.onlyInForm[where](quoted(flag), label(inForm, text));
  const unknown =
    nearest === null
      ? problems.unknownFlag(quoted(flag))
      : problems.unknownFlagNear(quoted(flag), flagOf(nearest, text), takesOf(nearest, text));
  return where === 'task' ? `${unknown} ${problems.ofTheTask}` : unknown;
}

/** As somebody might type it who knows the API's own names. */
function nameOf(name: string): string {
  return name.replace(/^-+/, '').replaceAll('_', '-').toLowerCase();
}

function quoted(raw: string): string {
  return code(truncate(raw, QUOTED_LENGTH));
}

function flagOf(key: FieldKey, text: Text): string {
  const flag = fields.find((field) => field.key === key)?.flag ?? null;
  return flag === null ? escape(text.fields[key].label) : code(flag);
}

function takesOf(key: FieldKey, text: Text): string {
  const field = fields.find((row) => row.key === key);
  return field === undefined ? '' : escape(flagTakes(field, text));
}
