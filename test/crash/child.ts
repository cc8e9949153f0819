import { createBot } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';

/** The bot in a process that dies, as SIGKILL does, the moment a request has reached the state CRASH_AT. */
const parsed = parseConfig(process.env);
if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
const bot = await createBot(parsed.config, {
  looksAtMs: [0, 50, 150],
  leaseMs: 900,
  sweepTimes: { everyMs: 300, strandedMs: 900, staleMs: 900 },
  onState: (state) => {
    if (state === process.env['CRASH_AT']) process.kill(process.pid, 'SIGKILL');
  },
});
process.send?.(await bot.start());
