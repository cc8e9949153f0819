import { createServer } from 'node:http';
import { listen, shut } from '../../sandbox/loopback.ts';

/** For a program that can't choose one itself. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const { port } = await listen(probe);
  await shut(probe);
  return port;
}
