import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fields, type Field } from '../../../src/session/fields.ts';
import { SUBCOMMANDS } from '../../../src/session/intent.ts';
import { parseCommand } from '../../../src/slack/command/parse.ts';
import { escape } from '../../../src/slack/views/text.ts';
import { COMMAND_NAMES } from '../../../src/text/spoken.ts';
import { several } from '../../support/field.ts';

const MARKS = ['--', '—', '–', '=', ',', '"', "'", '”', '“', '`', '```', '\n', ' ', '<', '>', '|', '&amp;'];
const WORDS = [
  'acu',
  'title',
  'repo',
  'no-resume',
  'secret',
  '!fast',
  'a/b',
  '<@U1|x>',
  '<http://a.io|a.io>',
  'none',
];

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

/** A word, perhaps with a letter changed, left out, added or swapped. */
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
  return fc.oneof(fc.constant(word), slip(word));
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

/** A value that can be quoted: without a quotation mark at the end of a word. */
const quotable = fc
  .array(
    fc.constantFrom('a', 'b', ' ', '-', '—', '--acu', '!fast', '&', '<', '>', 'é', '🧑‍💻', '=', "don't", '`x`'),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  .map((parts) => parts.join('').trim())
  .filter((text) => text !== '' && !/(?:"|`)$/.test(text));
const slug = fc.stringMatching(/^[a-z][\w-]{0,9}\/[a-z][\w-]{0,9}$/);
const address = slug.map((path) => `https://acme.io/${path}?a=1&b=2`);

type Said = { flags: string[]; key: string; value: unknown };

/** A random value of a field, and its flags. */
function said(field: Field): fc.Arbitrary<Said> {
  const { input, key } = field;
  const one = (value: fc.Arbitrary<unknown>, quotes = ''): fc.Arbitrary<Said> =>
    fc
      .tuple(value, sayer(field))
      .map(([value, say]) => ({ key, value, flags: [say(`${quotes}${String(value)}${quotes}`)] }));
  switch (input.kind) {
    case 'text':
      return one(
        quotable.filter((some) => fits(field, some)),
        '"',
      );
    case 'choice':
      return one(fc.constantFrom(...input.options));
    case 'number':
      return one(fc.integer(input));
    case 'switch':
      return fc
        .boolean()
        .map((value) => ({ key, value, flags: [`${field.flag}=${value !== input.initially}`] }));
    case 'list':
      return list(field);
    default:
      throw new Error(`${input.kind} has no flag`);
  }
}

function list(field: Field): fc.Arbitrary<Said> {
  const item = [quotable, slug, address].find((some) =>
    fc.sample(some, 20).every((one) => fits(field, [one])),
  );
  if (item === undefined) throw new Error(`no values for ${field.key}`);
  const fitting = item.filter((one) => fits(field, [one]));
  return fc
    .tuple(several(fitting, 4), sayer(field), fc.boolean(), fc.boolean())
    .map(([value, say, repeats, spaced]) => {
      const quoted = value.map((one) => `"${one}"`);
      const flags = repeats ? [quoted.map(say).join(' ')] : [say(quoted.join(spaced ? ', ' : ','))];
      return { key: field.key, value, flags };
    });
}

function sayer({ flag }: Field): fc.Arbitrary<(value: string) => string> {
  const name = (flag ?? '').slice(2);
  return fc.tuple(fc.constantFrom('--', '—', '–'), fc.constantFrom('=', ' ', '  ')).map(
    ([dash, between]) =>
      (value: string) =>
        `${dash}${name}${between}${value}`,
  );
}

function fits(field: Field, value: unknown): boolean {
  return field.schema.safeParse(value).success;
}

describe('a draft written as flags', () => {
  const flagged = fields.filter(({ flag }) => flag !== null);
  const draft = fc
    .subarray(flagged)
    .chain((some) => fc.tuple(...some.map(said)))
    .chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.nat(all.length)),
    );

  test('is read back the same, wherever its flags are and in any order', () => {
    fc.assert(
      fc.property(draft, ([all, shuffled, taskAt]) => {
        const words = shuffled.flatMap(({ flags }) => flags);
        const text = [...words.slice(0, taskAt), 'fix "the --x" — now', ...words.slice(taskAt)].join(' ');
        const values = Object.fromEntries(all.map(({ key, value }) => [key, value]));
        expect(parseCommand(escape(text))).toEqual({
          kind: 'create',
          draft: { ...values, prompt: 'fix "the --x" — now' },
        });
      }),
      { numRuns: 500 },
    );
  });
});
