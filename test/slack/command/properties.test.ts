import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SUBCOMMANDS } from '../../../src/session/intent.ts';
import { parseCommand } from '../../../src/slack/command/parse.ts';
import { escape } from '../../../src/slack/views/text.ts';
import { COMMAND_NAMES } from '../../../src/text/spoken.ts';

const MARKS = ['--', '—', '–', '=', ',', '"', "'", '”', '“', '`', '```', '\n', ' ', '<', '>', '|', '&amp;'];
const WORDS = 'acu title repo no-resume secret !fast a/b <@U1|x> <http://a.io|a.io> none'.split(' ');

const raw = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...MARKS, ...WORDS), { maxLength: 25 }).map((parts) => parts.join('')),
);

test('reads any text without a failure', () => {
  fc.assert(
    fc.property(raw, (text) => {
      expect(parseCommand(text).kind).toBeTypeOf('string');
    }),
    { numRuns: 2000 },
  );
});

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('');

/** A word, perhaps with a letter changed, left out, added or swapped if it has four or more. */
function slipOf(word: string): fc.Arbitrary<string> {
  const slip = (of: string): fc.Arbitrary<string> =>
    fc
      .tuple(fc.nat(of.length - 1), fc.constantFrom(...LETTERS), fc.constantFrom('put', 'cut', 'swap', 'add'))
      .map(([at, letter, how]) => {
        const [before, here, after] = [of.slice(0, at), of.charAt(at), of.slice(at + 1)];
        if (how === 'put') return before + letter + after;
        if (how === 'cut') return before + after;
        if (how === 'add') return before + letter + here + after;
        return before + after.slice(0, 1) + here + after.slice(1);
      });
  return word.length < 4 ? fc.constant(word) : fc.oneof(fc.constant(word), slip(word));
}

test('never starts a session from a mistyped command that names a session', () => {
  const id = fc.stringMatching(/^[0-9a-f]{32}$/).filter((hex) => /\d/.test(hex));
  const session = fc.oneof(
    id,
    id.map((hex) => `devin-${hex}`),
    id.map((hex) => `<https://app.devin.ai/sessions/${hex}>`),
    fc
      .tuple(id, fc.stringMatching(/^[\w ]{1,20}$/))
      .map(([hex, label]) => `<https://app.devin.ai/sessions/${hex}|${label}>`),
  );
  const words = fc.array(
    fc.constantFrom('the', 'of', 'please', 'session', 'add tests', '--acu 3', '!fast', 'a, b'),
    {
      maxLength: 4,
    },
  );
  const typed = fc
    .tuple(
      fc.constantFrom(...SUBCOMMANDS, 'cancel', 'sessions').chain(slipOf),
      words,
      session,
      words,
      fc.constantFrom(' ', '  ', '\n'),
    )
    .map(([word, before, named, after, space]) => [word, ...before, named, ...after].join(space));
  fc.assert(
    fc.property(typed, (text) => {
      expect(parseCommand(text).kind).not.toBe('create');
    }),
    { numRuns: 3000 },
  );
});

function beginsWithCommand(text: string): boolean {
  const [first] = /\p{L}+/u.exec(text.toLowerCase()) ?? [];
  return COMMAND_NAMES.has(first ?? '');
}

test('keeps a task without flags and mode words byte for byte', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '\n',
      '  ',
      ' - ',
      '—',
      '“a b”',
      '"',
      "'",
      '`',
      '```',
      '\t',
      '<b>',
      '&amp;',
      '<@U1>',
      'list',
      '-x',
    ),
  );
  const task = fc
    .array(piece, { minLength: 1 })
    .map((pieces) => pieces.join(''))
    .filter((text) => text.trim() !== '' && !/--|!\p{L}/u.test(text) && !beginsWithCommand(text));
  fc.assert(
    fc.property(task, (text) => {
      expect(parseCommand(escape(text))).toMatchObject({ draft: { prompt: text.trim() } });
    }),
    { numRuns: 2000 },
  );
});
