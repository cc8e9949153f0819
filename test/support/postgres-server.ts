import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
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

/** `passing`: no test takes the power away from this server. */
type Durability = 'durable' | 'passing';

async function startPostgres(databaseDir: string, durability: Durability = 'passing') {
  const child = fork(PROGRAM, [databaseDir, durability]);
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

type Run<T> = (place: { databaseUrl: string; folder: string }) => Promise<T>;

/** For a script: a server with one empty database, and a folder, as long as it runs. */
export async function withPostgres<T>(durability: Durability, run: Run<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'devin-slack-postgres-'));
  // The user that Postgres runs as must be able to pass through.
  await chmod(folder, 0o711);
  const { address, stop } = await startPostgres(join(folder, 'postgres'), durability);
  try {
    const client = new Client({ connectionString: `${address}postgres` });
    await client.connect();
    await client.query('create database script');
    await client.end();
    return await run({ databaseUrl: `${address}script`, folder });
  } finally {
    await stop();
    await rm(folder, { recursive: true, force: true });
  }
}
