import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { within } from '../time.ts';
import type { Tables } from './store.ts';

/** Slack waits 3 s for an answer: what isn't committed by then is refused. */
const WRITE_MS = 2500;
/**
 * A commit is not begun in the last part of that time, and the server drops a transaction whose commit has not come
 * by then: a stalled server or a slow network must not commit it later.
 */
export const COMMIT_MS = 500;

/** Nothing was written, and nothing will be. `mayBeWritten`: the commit was sent and has no answer. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError';
  readonly code = 'too-late';
  readonly mayBeWritten: boolean;

  constructor(mayBeWritten: boolean) {
    super('The database did not write it down in time.');
    this.mayBeWritten = mayBeWritten;
  }
}

export type Deadline = {
  /** Throws when it is too late to commit. */
  check(): void;
  /** The commit follows at once. */
  commitBegins(): void;
};

/** Rejects with a `TooLateError` at the end of the time. `mayBeWritten`: the task asks for no deadline. */
export async function withDeadline<T>(
  task: (deadline: Deadline) => Promise<T>,
  { writeMs = WRITE_MS, mayBeWritten = false } = {},
): Promise<T> {
  const lastCommitMs = performance.now() + writeMs - COMMIT_MS;
  let commits = mayBeWritten;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TooLateError(commits)), writeMs);
  });
  const deadline: Deadline = {
    check() {
      if (performance.now() > lastCommitMs) throw new TooLateError(false);
    },
    commitBegins() {
      commits = true;
    },
  };
  try {
    return await Promise.race([task(deadline), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a transaction that is committed in time, or never. */
export async function commitInTime<T>(
  { store: { db } }: { store: { db: Kysely<Tables> } },
  task: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return withDeadline(async (deadline) =>
    db.transaction().execute(async (trx) => {
      const result = await task(trx);
      beginCommit([deadline]);
      return result;
    }),
  );
}

/** Call it last in a transaction that several callers wait for: if one of them is late, nothing is committed. */
export function beginCommit(deadlines: readonly Deadline[]): void {
  for (const deadline of deadlines) deadline.check();
  for (const deadline of deadlines) deadline.commitBegins();
}

/** The next batch waits no longer than this for one that may never end. */
const BATCH_MS = 250;

/**
 * Collects what arrives while a batch is in progress into the next one: in a rush, many items share a transaction and its
 * write to the disk; a single item doesn't wait. A batch begins once all input that has arrived has been read, so the first
 * of a rush doesn't run alone. If a batch fails, each of its items is tried by itself.
 */
export function inBatches<Item, Result>(
  run: (items: Item[]) => Promise<Result[]>,
  most: number,
): (item: Item) => Promise<Result> {
  type Entry = { item: Item; settle: (result: Promise<Result>) => void };
  const waiting: Entry[] = [];
  let isWorking = false;

  async function runAlone(item: Item): Promise<Result> {
    const [result] = await run([item]);
    if (result === undefined) throw new Error('A batch of one came back empty.');
    return result;
  }

  async function runBatch(batch: Entry[]): Promise<void> {
    const results = batch.length === 1 ? null : await run(batch.map(({ item }) => item)).catch(() => null);
    for (const [at, { item, settle }] of batch.entries()) {
      const result = results?.[at];
      const settled = result === undefined ? runAlone(item) : Promise.resolve(result);
      settle(settled);
      // One after the other, in order; the caller that waits for one gets its failure.
      if (result === undefined) await within<Result | null>(BATCH_MS, settled, null);
    }
  }

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    while (waiting.length > 0) {
      await setImmediate();
      await within(BATCH_MS, runBatch(waiting.splice(0, most)), undefined);
    }
    isWorking = false;
  }

  return async (item) =>
    new Promise<Result>((resolve) => {
      waiting.push({ item, settle: resolve });
      void work();
    });
}
