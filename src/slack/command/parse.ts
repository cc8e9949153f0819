import { sessionDraftSchema } from '../../session/fields.ts';
import type { Intent, IntentOf, Problem } from '../../session/intent.ts';
import { unescape } from '../blocks/text.ts';
import { questionAbout } from './question.ts';
import { scan } from './scan.ts';
import type { Scan } from './scan.ts';
import { defaultsSetBeside, meantCommand, readSubcommand } from './subcommands.ts';
import { readValues } from './values.ts';

/** Slack cuts a message here: https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages */
const LONGEST = 40_000;

/**
 * What a person wants, from the text of a slash command as Slack sends it with `should_escape`.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function parseCommand(text: string): Intent {
  const typed = text.trim();
  if (typed.length > LONGEST) return tooLong(typed);
  const subcommand = readSubcommand(typed);
  if (subcommand !== null) return subcommand;
  const scanned = scan(typed);
  const task = readSetDefaults(scanned) ?? parseTask(typed);
  return task.kind === 'create' && !scanned.isTask ? (readQuestion(scanned, task) ?? task) : task;
}

/** The same where only a task can be meant: words that are a sub-command elsewhere are none here. */
export function parseTask(text: string): IntentOf<'create' | 'open-form' | 'invalid'> {
  const typed = text.trim();
  if (typed === '') return { kind: 'open-form' };
  if (typed.length > LONGEST) return tooLong(typed);
  const { task, given } = scan(typed);
  const { values, problems } = readValues(given);
  const prompt = unescape(task).trim();
  const draft = sessionDraftSchema.parse(prompt === '' ? values : { ...values, prompt });
  const missing: Problem[] = prompt === '' ? [{ kind: 'no-task' }] : [];
  const all = [...problems, ...missing];
  return all.length === 0 ? { kind: 'create', draft } : { kind: 'invalid', problems: all, draft };
}

function tooLong(typed: string): IntentOf<'invalid'> {
  return {
    kind: 'invalid',
    problems: [{ kind: 'too-long', max: LONGEST }],
    draft: { prompt: unescape(typed).trim() },
  };
}

function readSetDefaults({ task, given, before }: Scan): IntentOf<'set-defaults'> | null {
  // What a flag takes that nobody knows is still among the words behind it.
  const beside = given.some(({ kind }) => kind === 'unknown') ? before : task;
  const scope = given.length === 0 ? null : defaultsSetBeside(unescape(beside).trim());
  if (scope === null) return null;
  const { values, problems } = readValues(given);
  return { kind: 'set-defaults', scope, draft: sessionDraftSchema.parse(values), problems };
}

function readQuestion({ task, given }: Scan, { draft }: IntentOf<'create'>): IntentOf<'ask-first'> | null {
  const question = questionAbout(task, given.length > 0);
  if (question === null) return null;
  const { about } = question;
  return { kind: 'ask-first', about, meant: about && meantCommand(about, task), draft };
}
