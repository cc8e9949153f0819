import { createBot } from '../../src/app.ts';
import { parseConfig, readEnvironment } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';

/** Like src/main.ts, but the work of a dead process is taken over sooner, so that a test doesn't wait for it. */
const read = parseConfig(readEnvironment());
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const bot = await createBot(read.config, {
  log: createLog(read.config.logLevel),
  searchPausesMs: [0, 500, 1000],
  inFlightMs: 5000,
  leaseMs: 3000,
  sweepTimes: { everyMs: 500, strandedMs: 2000 },
  watchTimes: { fastestMs: 500, tickMs: 200, tellAfterMs: 500, standbyMs: 200 },
  troubleMs: 500,
  editBudget: { burst: 1000, perMinute: 10_000 },
  pollSeconds: 0.5,
});
process.once('SIGTERM', () => void bot.stop().then(() => process.exit(0)));
await bot.start();
