import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { listen, shut } from '../../sandbox/loopback.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the address of the run's Postgres server, without a database's name. */
    postgresOffer: string;
  }
}

const PROGRAM = join(import.meta.dirname, 'postgres-process.ts');
const readyMessageSchema = z.tuple([z.object({ port: z.number() })], z.unknown());
const diedMessage = 'Postgres did not start; what it said is above.';

/** One Postgres for all test files of a run, started on the first request. */
export async function offerPostgres(
  databaseDir: string,
): Promise<{ address: string; close(): Promise<void> }> {
  let starting: ReturnType<typeof startPostgres> | null = null;
  const offer = createServer((_request, response) => {
    starting ??= startPostgres(databaseDir);
    starting.then(
      ({ address }) => response.end(address),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const { origin } = await listen(offer);
  return {
    address: origin,
    async close() {
      await shut(offer);
      await starting?.then(async ({ stop }) => stop());
    },
  };
}

export async function startPostgres(databaseDir: string) {
  const child = fork(PROGRAM, [databaseDir]);
  const ended = once(child, 'exit');
  const ready = once(child, 'message').then((message) => readyMessageSchema.parse(message)[0]);
  const died = ended.then(() => Promise.reject(new Error(diedMessage)));
  const { port } = await Promise.race([ready, died]);
  return {
    address: `postgres://postgres:password@127.0.0.1:${port}/`,
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
