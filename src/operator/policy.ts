import { parseArgs } from 'node:util';
import { readOperatorSettings } from '../config.ts';
import { PLACE_WORDS, type Policy } from '../session/policy/index.ts';
import { explain, readPolicyFile, readSpent } from '../trust/index.ts';
import { complain, FINE, print, showUsage, WRONG } from './command-line.ts';

/** `npm run policy -- check FILE…` and `explain FILE …`: checks policy files, or says what one would decide. */
const { text, ownTag, command } = readOperatorSettings();
/** A name instead of an id would match no rule, and so be allowed. */
const USER_ID = /^[UW][A-Z\d]+$/;

const OPTIONS = {
  user: { type: 'string' },
  email: { type: 'string' },
  group: { type: 'string', multiple: true },
  channel: { type: 'string' },
  'channel-name': { type: 'string' },
  kind: { type: 'string', multiple: true },
  spent: { type: 'string' },
  text: { type: 'string' },
} as const;

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const read = readArguments(args);
  if (read === null) return showUsage(text.policy.usage, args);
  const { act, files, options } = read;
  if (act === 'check') return check(files);
  const wrong = wrongOptions(options);
  if (wrong.length > 0) return complain(wrong);
  const result = await readPolicyFile(files[0], text);
  // A script expects a decision on stdout.
  return result.ok ? explained(result.value, options) : print(result.problems, WRONG, process.stderr);
}

/** The errors are the result, so they go to stdout. */
async function check(files: readonly string[]): Promise<number> {
  const results = await Promise.all(files.map(async (file) => readPolicyFile(file, text)));
  const lines = results.flatMap((result, at) => {
    if (!result.ok) return result.problems;
    const fine = text.policy.check.fine(result.value.rules.length);
    return [files.length === 1 ? fine : `${files[at]}: ${fine}`];
  });
  return print(lines, results.every(({ ok }) => ok) ? FINE : WRONG);
}

function explained(policy: Policy, options: Options): number {
  const { user = '', email = '', group: groups = [], channel = '', kind = [], text: typed = '' } = options;
  const kinds = PLACE_WORDS.filter((word) => kind.includes(word));
  const channelName = options['channel-name'] ?? '';
  const spent = options.spent === undefined ? null : readSpent(options.spent);
  const question = { user, email, groups, channel, channelName, kinds, text: typed, spent, ownTag, command };
  const found = explain(policy, question, text);
  if ('problems' in found) return print(found.problems, WRONG, process.stderr);
  return print(found.lines, FINE);
}

type Arguments = ReturnType<typeof parsed>;
type Options = Arguments['values'];

function parsed(args: string[]) {
  return parseArgs({ args: withInlineValues(args), allowPositionals: true, options: OPTIONS });
}

/** A value may begin like an option, as a task with its options first does. */
function withInlineValues(args: string[]): string[] {
  const lenient = { args, options: OPTIONS, strict: false, tokens: true } as const;
  return parseArgs(lenient).tokens.flatMap((token) => {
    if (token.kind === 'option-terminator') return ['--'];
    if (token.kind === 'positional') return [token.value];
    return [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`];
  });
}

type Command = { act: 'check' | 'explain'; files: readonly [string, ...string[]]; options: Options };

/** null: no such command. */
function readArguments(args: string[]): Command | null {
  try {
    const { positionals, values: options } = parsed(args);
    const [act, file, ...others] = positionals;
    if (file === undefined) return null;
    if (act === 'check') return { act, files: [file, ...others], options };
    return act === 'explain' && others.length === 0 ? { act, files: [file], options } : null;
  } catch {
    return null;
  }
}

function wrongOptions({ user, kind = [], spent }: Options): string[] {
  const { userId, kinds, spending } = text.policy.explain.options;
  const isKnown = (one: string): boolean => PLACE_WORDS.some((word) => word === one);
  return [
    ...(user === undefined || USER_ID.test(user) ? [] : [userId]),
    ...(kind.every(isKnown) ? [] : [kinds(PLACE_WORDS.join(', '))]),
    ...(spent === undefined || readSpent(spent) !== null ? [] : [spending]),
  ];
}
