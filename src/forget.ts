import { withStore } from './operator-store.ts';
import { forgetPerson } from './store/forget.ts';
import { createLanguages, readLanguage } from './text/languages.ts';

/** `npm run forget -- USER`: removes a person's text from the database. */
const { shared: text } = createLanguages(readLanguage(process.env['LANGUAGE']));
const ALL_GONE = 0;
const NOT_ALL_GONE = 1;
const NOT_DONE = 2;

process.exitCode = await run(process.argv.slice(2));

async function run([userId = '', ...others]: string[]): Promise<number> {
  if (!/^[UW][A-Z0-9]{2,}$/.test(userId) || others.length > 0) return complain([text.forget.usage]);
  const ended = await withStore(async (db) => forgetPerson(db, userId), text);
  if ('problems' in ended) return complain(ended.problems);
  const { inProgress } = ended;
  const lines = [
    text.forget.done(userId, ended),
    ...(inProgress > 0 ? [text.forget.inProgress(inProgress)] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return inProgress > 0 ? NOT_ALL_GONE : ALL_GONE;
}

function complain(problems: readonly string[]): number {
  process.stderr.write(`${problems.join('\n')}\n`);
  return NOT_DONE;
}
