import { readOperatorSettings } from '../config.ts';
import { PERSON_ID } from '../session/identity.ts';
import { PLACE_WORDS } from '../session/policy/patterns.ts';
import type { Policy } from '../session/policy/schema.ts';
import { explain, POLICY_FILE, readSpent, readYamlFile } from '../trust/index.ts';
import { FINE, print, readArguments, runAct, runCommand, UsageError, WRONG } from './command-line.ts';

/** `npm run policy -- check FILE…` and `explain FILE …`: checks policy files, or says what one would decide. */
const { text, ownTag, command } = readOperatorSettings();
const words = text.commandLine;

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

process.exitCode = await runCommand({
  usage: text.policy.usage,
  run: async (args) => runAct(args, { check, explain: explainOne }, words),
});

/** The errors are the result, so they go to stdout. */
async function check(args: string[]): Promise<number> {
  const files = readArguments(args, { options: {}, operands: ['FILE…'], words }).positionals;
  const results = await Promise.all(files.map(async (file) => readYamlFile(file, POLICY_FILE, text)));
  const lines = results.flatMap((result, at) => {
    if (!result.ok) return result.problems;
    const fine = text.policy.check.fine(result.value.rules.length);
    return [files.length === 1 ? fine : `${files[at]}: ${fine}`, ...result.hints];
  });
  return print(lines, results.every(({ ok }) => ok) ? FINE : WRONG);
}

async function explainOne(args: string[]): Promise<number> {
  const { positionals, values } = readArguments(args, { options: OPTIONS, operands: ['FILE'], words });
  const wrong = wrongOptions(values);
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
  const result = await readYamlFile(positionals[0] ?? '', POLICY_FILE, text);
  // A script expects a decision on stdout.
  return result.ok ? explained(result.value, values) : print(result.problems, WRONG, process.stderr);
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

type Options = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

function wrongOptions({ user, kind = [], spent }: Options): string[] {
  const { kinds, spending } = text.policy.explain.options;
  const isKnown = (one: string): boolean => PLACE_WORDS.some((word) => word === one);
  return [
    // A name instead of an id would match no rule, and so be allowed.
    ...(user === undefined || PERSON_ID.test(user) ? [] : [text.commandLine.user]),
    ...(kind.every(isKnown) ? [] : [kinds(PLACE_WORDS.join(', '))]),
    ...(spent === undefined || readSpent(spent) !== null ? [] : [spending]),
  ];
}
