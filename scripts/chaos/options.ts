import { z } from 'zod';
import { readArguments, UsageError } from '../../src/operator/command-line.ts';
import { en } from '../../src/text/en.ts';

const number = z.coerce.number().int();

const optionsSchema = z.object({
  requests: number.min(1).default(100),
  kills: number.min(0).default(10),
  database: z.enum(['embedded', 'postgres']).default('embedded'),
  replicas: number.min(1).max(10).default(1),
  seed: number.default(1),
  /** Sessions with a conversation; by default a fifth of the requests. */
  talks: number.min(0).optional(),
  transport: z.enum(['http', 'socket']).default('http'),
  /** The app's own waits and Slack's limits, or all of it quicker, for long runs. */
  tempo: z.enum(['real', 'quick']).default('real'),
  /** How long all work can take to finish. */
  'settle-seconds': number.min(1).default(600),
  /** Where logs and calls are kept. */
  keep: z.string().optional(),
});

export type ChaosOptions = {
  requests: number;
  kills: number;
  database: 'embedded' | 'postgres';
  replicas: number;
  seed: number;
  /** Calls to Slack and Devin that fail. */
  faults: number;
  talks: number;
  /** Requests that need an approval. */
  approvals: number;
  transport: 'http' | 'socket';
  tempo: 'real' | 'quick';
  settleMs: number;
  keep: string | null;
};

export const USAGE = `Usage:
  npm run chaos -- [options]

  --requests N        what people ask for (100)
  --kills N           SIGKILLs at random moments (10)
  --database D        embedded or postgres (embedded)
  --replicas N        processes side by side; more than one needs postgres (1)
  --seed N            the same seed: the same requests, faults and moments (1)
  --talks N           sessions with a conversation (a fifth of the requests)
  --transport T       http or socket; the socket also drops (http)
  --tempo T           real; or quick: shorter waits, and more edits than Slack takes, for long runs (real)
  --settle-seconds N  how long everything may take to come to rest (600)
  --keep FOLDER       keeps logs and calls, to look into a violation`;

export function readOptions(args: string[]): ChaosOptions {
  const names = Object.keys(optionsSchema.shape);
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = readArguments(args, { options, words: en.commandLine });
  const read = optionsSchema.safeParse(values);
  if (!read.success) throw new UsageError(read.error.issues.map(sentenceOf).join('\n'));
  const given = read.data;
  if (given.replicas > 1 && given.database === 'embedded') {
    throw new UsageError('More than one replica needs --database postgres.');
  }
  const { requests, keep = null, ...rest } = given;
  const fifth = Math.ceil(requests / 5);
  const { talks = fifth } = rest;
  const settleMs = given['settle-seconds'] * 1000;
  return { ...rest, requests, faults: requests, talks, approvals: fifth, keep, settleMs };
}

function sentenceOf({ path, message }: z.core.$ZodIssue): string {
  return `--${path.join('.')}: ${message}.`;
}
