import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { parseConfig, readEnvironment, readOperatorSettings, readStoreConfig } from '../config.ts';
import { PERSON_ID } from '../session/identity.ts';
import { PLACE_WORDS } from '../session/policy/patterns.ts';
import { createAudit } from '../store/audit.ts';
import { createUsage } from '../store/ledger.ts';
import { forgetPerson } from '../store/retention.ts';
import { codeOf } from '../store/sql.ts';
import type { Tables } from '../store/store.ts';
import { OperatorError } from '../text/operator-error.ts';
import {
  AUDIT,
  explain,
  exportLines,
  POLICY_FILE,
  readYamlFile,
  USAGE,
  verifyChain,
} from '../trust/index.ts';
import {
  FINE,
  NOT_DONE,
  print,
  readArguments,
  runAct,
  runCommand,
  UsageError,
  WRONG,
} from './command-line.ts';
import { diagnose, readStore } from './doctor.ts';

/** The commands of the person who runs the app: `npm run NAME -- …` runs this with the name first. */
const { text, command } = readOperatorSettings();
const words = text.commandLine;

const TYPED = [
  'doctor',
  'policy -- check FILE…',
  'policy -- explain FILE [--text "task and options"] [--user U…] [--email E] [--group S…]…',
  '  [--channel C…] [--channel-name N] [--kind public|private|direct|shared]…',
  'usage -- export [--since 2026-01-31] [--csv] [--by NAME]',
  'audit -- export [--since 2026-01-31] [--csv] [--by NAME]',
  'audit -- verify [--expect HASH]',
  'forget -- USER [--by NAME]',
];

type Verb = (args: string[]) => Promise<number>;
const oneOf =
  (acts: Record<string, Verb>): Verb =>
  async (args) =>
    runAct(args, acts, words);

/** Checks the settings, Slack, Devin and the database, changes nothing, and says what is wrong. */
async function doctor(args: string[]): Promise<number> {
  readArguments(args, { options: {}, words });
  const { lines, isHealthy } = await diagnose(parseConfig(readEnvironment()), text);
  return print(lines, isHealthy ? FINE : WRONG);
}

/** The errors are the result, so they go to stdout. */
async function check(args: string[]): Promise<number> {
  const files = readArguments(args, { options: {}, operands: ['FILE…'], words }).positionals;
  const results = await Promise.all(files.map(async (file) => readYamlFile(file, POLICY_FILE, text)));
  const lines = results.flatMap((result, at) =>
    result.ok ? [`${files[at]}: ${text.doctor.file}`] : result.problems,
  );
  return print(lines, results.every(({ ok }) => ok) ? FINE : WRONG);
}

/** What a policy would decide. A script expects a decision on stdout. */
async function explainOne(args: string[]): Promise<number> {
  const one = { type: 'string', default: '' } as const;
  const several = { type: 'string', multiple: true } as const;
  const options = {
    user: one,
    email: one,
    group: several,
    channel: one,
    'channel-name': one,
    kind: several,
    text: one,
  };
  const { positionals, values } = readArguments(args, { options, operands: ['FILE'], words });
  const { user, group: groups = [], kind = [], 'channel-name': channelName } = values;
  const { faults } = text.policy;
  const kinds = PLACE_WORDS.filter((word) => kind.includes(word));
  // What matches no rule may be allowed.
  if (user !== '' && !PERSON_ID.test(user)) throw new UsageError(words.user);
  if (kinds.length < kind.length)
    throw new UsageError(`--kind ${faults.values(PLACE_WORDS.join(faults.or))}`);
  const read = await readYamlFile(positionals[0] ?? '', POLICY_FILE, text);
  if (!read.ok) return print(read.problems, WRONG, process.stderr);
  const found = explain(read.value, { ...values, groups, channelName, kinds, command }, text);
  return 'problems' in found ? print(found.problems, WRONG, process.stderr) : print(found.lines, FINE);
}

/** Who runs a command, for the audit. */
const BY = { by: { type: 'string', default: userInfo().username } } as const;
/** The audit has ids and fixed words only. */
const NAME = /^[\w.+@-]{1,64}$/;
/** JavaScript also reads a date in much that isn't one, and takes February 30 for March 2. */
const dateOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]).optional();

function checkName(by: string): void {
  if (!NAME.test(by)) throw new UsageError(words.name);
}

type Lines = (db: Kysely<Tables>, since: Date | null, csv: boolean) => AsyncIterable<string>;

/** The audit says who exported what. */
function exportAs(what: 'audit' | 'usage', lines: Lines): Verb {
  const options = { ...BY, since: { type: 'string' }, csv: { type: 'boolean', default: false } } as const;
  return async (args) => {
    const { since, csv, by } = readArguments(args, { options, words }).values;
    checkName(by);
    const read = dateOrTime.safeParse(since);
    if (!read.success) throw new UsageError(words.since);
    return withStore(async (db) => {
      await createAudit(db).record({ kind: 'export', result: `${what}:${by}` });
      const from = read.data === undefined ? null : new Date(read.data);
      await pipeline(Readable.from(lines(db, from, csv)), process.stdout, { end: false }).catch(unlessClosed);
      return FINE;
    });
  };
}

/** The reader closed the pipe, like `head`. */
function unlessClosed(error: unknown): void {
  if (codeOf(error) !== 'EPIPE') throw error;
}

/** Checks the chain of the audit. */
async function verify(args: string[]): Promise<number> {
  const { expect = null } = readArguments(args, { options: { expect: { type: 'string' } }, words }).values;
  const { intact, last, wrong } = text.audit;
  return withStore(async (db) => {
    const found = await verifyChain(createAudit(db), expect);
    if (!found.ok) return print([wrong[found.fault](found.seq)], WRONG);
    const { count, last: entry } = found;
    const end = entry === null ? [] : [last(count, entry.at.toISOString(), entry.hash)];
    return print([intact(count), ...end], FINE);
  });
}

/** Removes a person's text from the database. */
async function forget(args: string[]): Promise<number> {
  const { positionals, values } = readArguments(args, { options: BY, operands: ['USER'], words });
  const [userId = ''] = positionals;
  if (!PERSON_ID.test(userId)) throw new UsageError(words.user);
  checkName(values.by);
  return withStore(async (db) => {
    const forgotten = await forgetPerson(db, userId, values.by);
    const { done, inProgress } = text.forget;
    const waits = forgotten.inProgress > 0;
    return print(
      [done(userId, forgotten), ...(waits ? [inProgress(forgotten.inProgress)] : [])],
      waits ? WRONG : FINE,
    );
  });
}

/** Runs a task on the database, or says why it can't be used. On Postgres, the app may be running. Returns the exit code. */
async function withStore(task: (db: Kysely<Tables>) => Promise<number>): Promise<number> {
  const read = readStoreConfig(text);
  if (!read.ok) return print(read.problems, NOT_DONE, process.stderr);
  try {
    const code = await readStore(read.config, async ({ db }) => task(db));
    return code ?? print([text.operator.noDatabase], NOT_DONE, process.stderr);
  } catch (error) {
    return print([troubleSentence(error, read.config.dataDir)], NOT_DONE, process.stderr);
  }
}

function troubleSentence(error: unknown, dataDir: string): string {
  const { embeddedInUse, failed } = text.operator;
  if (error instanceof OperatorError)
    return error.code === 'folder-in-use' ? embeddedInUse(dataDir) : error.say(text);
  return failed(error instanceof Error ? error.message : String(error));
}

const usage = [words.usage, ...TYPED.map((line) => `  ${line.startsWith(' ') ? '' : 'npm run '}${line}`)];
process.exitCode = await runCommand(
  usage.join('\n'),
  oneOf({
    doctor,
    policy: oneOf({ check, explain: explainOne }),
    usage: oneOf({
      export: exportAs('usage', (db, since, csv) => exportLines(createUsage(db).entries(since), USAGE, csv)),
    }),
    audit: oneOf({
      export: exportAs('audit', (db, since, csv) => exportLines(createAudit(db).entries(since), AUDIT, csv)),
      verify,
    }),
    forget,
  }),
);
