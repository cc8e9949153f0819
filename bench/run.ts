import { cpus } from 'node:os';
import { FINE, readArguments, runAct, runCommand } from '../src/operator/command-line.ts';
import { en } from '../src/text/en.ts';
import { withPostgres } from '../test/support/postgres-server.ts';
import { measureUrls } from './cards.ts';
import { measureGrowth } from './growth.ts';
import { measureHostile } from './hostile.ts';
import { measureOverload } from './overload.ts';
import { measureRequests } from './requests.ts';
import { measureWatching } from './watch.ts';

const PARTS = {
  requests: async () => withPostgres('durable', measureRequests),
  cards: async () => withPostgres('durable', measureUrls),
  watching: async () => measureWatching([1000, 10_000]),
  hostile: measureHostile,
  growth: async () => withPostgres('durable', measureGrowth),
  overload: async (minutes: number) => measureOverload(minutes),
};

const USAGE = `Usage:
  npm run bench -- [PART] [--minutes N]
PART: ${Object.keys(PARTS).join(', ')}; all, one after another, if it's left out.
--minutes: how long \`overload\` takes; 10 if it's left out.`;

const MINUTES = 10;
const words = en.commandLine;
const ACTS = Object.fromEntries(
  Object.entries(PARTS).map(([name, measure]) => [
    name,
    async (others: string[]) => {
      const { minutes } = readArguments(others, { options: { minutes: { type: 'string' } }, words }).values;
      return run([measure], Number(minutes ?? MINUTES));
    },
  ]),
);

/** `npm run bench`: numbers, not tests. */
process.exitCode = await runCommand(USAGE, async (args) =>
  args.length === 0 ? run(Object.values(PARTS), MINUTES) : runAct(args, ACTS, words),
);

async function run(
  measures: readonly ((minutes: number) => Promise<void>)[],
  minutes: number,
): Promise<number> {
  console.log(
    `${cpus().length} cores, Node ${process.version}, fsync on; the local Slack and Devin run on the same cores\n`,
  );
  for (const measure of measures) await measure(minutes);
  return FINE;
}
