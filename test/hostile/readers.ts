import { readList } from '../../src/slack/blocks/form/list-text.ts';
import { jsonFault } from '../../src/slack/blocks/form/json-fault.ts';
import { markdownParts, markdownWords, quotedParts } from '../../src/slack/blocks/markdown.ts';
import { renderSaid } from '../../src/slack/blocks/said.ts';
import { en } from '../../src/text/index.ts';
import {
  bold,
  code,
  codeBlock,
  date,
  escape,
  link,
  quote,
  truncate,
  unescape,
  withoutAsterisks,
} from '../../src/slack/blocks/text.ts';
import { parseCommand, parseTask } from '../../src/slack/command/parse.ts';
import { scan } from '../../src/slack/command/scan.ts';
import { readThreadMeaning } from '../../src/slack/command/thread-words.ts';
import { readValues } from '../../src/slack/command/values.ts';
import { fields } from '../../src/session/fields.ts';

/** Everything that reads text which anybody may have written. What it gives back must be bounded, too. */
export const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'a command': parseCommand,
  'a task': parseTask,
  'the words and options of a command': (text) => readValues(scan(text).given),
  'an option of each kind': (text) => {
    const part = text.slice(0, text.length / fields.length);
    return readValues(scan(`x ${fields.map(({ flag }) => `${flag} ${part}`).join(' ')}`).given);
  },
  'a message in a thread': (text) => readThreadMeaning(text, 'U1'),
  'a field of the table': (text) =>
    fields.map(({ schema }) => [schema.safeParse(text).success, schema.safeParse([text]).success]),
  'mrkdwn that comes in': (text) => unescape(text),
  'mrkdwn that goes out': (text) => [
    bold(text),
    code(text),
    codeBlock(text),
    date(1, text),
    escape(text),
    link(text, text),
    link('https://a.io', text),
    quote(text),
    truncate(text, 100),
    withoutAsterisks(text),
  ],
  'a message of Devin': (text) => [markdownParts(text), markdownWords(text, 300), renderSaid(text, en).posts],
  'a message of a person, quoted': (text) => quotedParts(text.slice(0, 40_000)),
  'a list in a form': readList,
  'JSON in a form': jsonFault,
};
