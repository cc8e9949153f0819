import { createBot } from '../src/app.ts';
import { parseConfig, readEnvironment } from '../src/config.ts';

/** Like src/main.ts, with an embedded database on a slow disk. */
const read = parseConfig(readEnvironment());
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const bot = await createBot(read.config, { databaseProgram: new URL('slow-disk.ts', import.meta.url) });
process.once('SIGTERM', () => void bot.stop().then(() => process.exit(0)));
await bot.start();
