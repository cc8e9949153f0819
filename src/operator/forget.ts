import { readOperatorSettings } from '../config.ts';
import { forgetPerson } from '../store/forget.ts';
import { complain, FINE, showUsage, WRONG } from './command-line.ts';
import { withStore } from './store.ts';

/** `npm run forget -- USER`: removes a person's text from the database. */
const { text } = readOperatorSettings();

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const [userId = '', ...others] = args;
  if (!/^[UW][A-Z0-9]{2,}$/.test(userId) || others.length > 0) return showUsage(text.forget.usage, args);
  const ended = await withStore(async (db) => forgetPerson(db, userId), text);
  if ('problems' in ended) return complain(ended.problems);
  const { inProgress } = ended;
  const lines = [
    text.forget.done(userId, ended),
    ...(inProgress > 0 ? [text.forget.inProgress(inProgress)] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return inProgress > 0 ? WRONG : FINE;
}
