import type { Server } from 'node:http';
import { onTestFinished } from 'vitest';
import { listen, shut } from '../../sandbox/loopback.ts';

/** The origin of a server that lives as long as the test. */
export async function listenInTest(server: Server): Promise<string> {
  const { origin } = await listen(server);
  onTestFinished(async () => shut(server));
  return origin;
}
