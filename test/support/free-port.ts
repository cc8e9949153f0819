import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import { listen, shut } from '../../sandbox/loopback.ts';

/** Below the ports that a system hands out, so that nobody gets it before it is used. */
const [FIRST, LAST] = [20_000, 32_000];

/** For a program that can't choose one itself, and starts a while later. */
export async function freePort(): Promise<number> {
  for (;;) {
    const probe = createServer();
    const found = await listen(probe, randomInt(FIRST, LAST)).catch(() => null);
    if (found === null) continue;
    await shut(probe);
    return found.port;
  }
}
