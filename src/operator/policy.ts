import { readOperatorSettings } from '../config.ts';
import { PERSON_ID } from '../session/identity.ts';
import { PLACE_WORDS } from '../session/policy/patterns.ts';
import { explain, POLICY_FILE, readYamlFile } from '../trust/index.ts';
import { FINE, print, readArguments, runAct, runCommand, UsageError, WRONG } from './command-line.ts';

/** `npm run policy -- check FILE…` and `explain FILE …`: checks policy files, or says what one would decide. */
const { text, command } = readOperatorSettings();
const words = text.commandLine;

const OPTIONS = {
  user: { type: 'string' },
  email: { type: 'string' },
  group: { type: 'string', multiple: true },
  channel: { type: 'string' },
  'channel-name': { type: 'string' },
  kind: { type: 'string', multiple: true },
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
    return [files.length === 1 ? fine : `${files[at]}: ${fine}`];
  });
  return print(lines, results.every(({ ok }) => ok) ? FINE : WRONG);
}

async function explainOne(args: string[]): Promise<number> {
  const { positionals, values } = readArguments(args, { options: OPTIONS, operands: ['FILE'], words });
  const { user = '', email = '', group: groups = [], channel = '', kind = [], text: typed = '' } = values;
  const kinds = PLACE_WORDS.filter((word) => kind.includes(word));
  // What matches no rule may be allowed.
  if (user !== '' && !PERSON_ID.test(user)) throw new UsageError(words.user);
  if (kinds.length < kind.length) throw new UsageError(text.policy.explain.kinds(PLACE_WORDS.join(', ')));
  const result = await readYamlFile(positionals[0] ?? '', POLICY_FILE, text);
  // A script expects a decision on stdout.
  if (!result.ok) return print(result.problems, WRONG, process.stderr);
  const channelName = values['channel-name'] ?? '';
  const question = { user, email, groups, channel, channelName, kinds, text: typed, command };
  const found = explain(result.value, question, text);
  if ('problems' in found) return print(found.problems, WRONG, process.stderr);
  return print(found.lines, FINE);
}
