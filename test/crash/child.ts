import { flushCompileCache } from 'node:module';
import { createBot } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { AMPLE_BUDGET, QUICK_SEARCH_PAUSES_MS, QUICK_THREADS } from '../support/quick.ts';

/**
 * The bot in a process that dies, as SIGKILL does, at the moment it was told, a pattern: when a request has reached a
 * state (`attached`), or just before a call of fetch leaves (`POST .*\/messages`).
 */
let fatalMoment: unknown = null;
process.on('message', (moment) => {
  fatalMoment = moment;
  process.send?.('noted');
});

function reached(moment: string): void {
  if (typeof fatalMoment !== 'string' || !new RegExp(fatalMoment).test(moment)) return;
  process.kill(process.pid, 'SIGKILL');
}

const parsed = parseConfig(process.env);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const { watchTimes, troubleMs } = QUICK_THREADS.overrides;
const bot = await createBot(parsed.config, {
  searchPausesMs: QUICK_SEARCH_PAUSES_MS,
  inFlightMs: 0,
  leaseMs: 900,
  sweepTimes: { everyMs: 300, strandedMs: 900 },
  // Milestones don't wait long for Devin's words if their job died.
  watchTimes: { ...watchTimes, standbyMs: 100, tellAfterMs: 50 },
  troubleMs,
  editBudget: AMPLE_BUDGET,
  onState: reached,
  fetch: async (input, init) => {
    const { method, url } = input instanceof Request ? input : { method: init?.method, url: String(input) };
    reached(`${method ?? 'GET'} ${url}`);
    return fetch(input, init);
  },
});
const started = await bot.start();
// What is killed leaves nothing for the next one.
flushCompileCache();
process.send?.(started);
