/** What repeats to make a hostile text: each class of character, and what parsers of commands, Markdown and mrkdwn react to. */
export const PIECES = [
  ...'aA1 \t\n\u00A0\u2028\u0000éﬁ漢.,;:!?-—_*~`\'"“”‘«/\\|()[]{}<>&#@=+%^$='.split(''),
  '😀',
  '\uD83D',
  '\uDE00',
  ...'\r\n¦```¦a.¦a. ¦a@¦a@b.¦a_¦_a_¦*a*¦**a¦__a¦~~a¦~_*¦`a¦``a¦\\[¦[a](¦[a][¦![¦]('.split('¦'),
  ...'[a](b "¦[a](<¦[[]](¦[x]: y\n¦<a¦<a b="¦<!--¦<!¦<?¦<div>\n¦&lt;¦&#¦&amp¦http://a'.split('¦'),
  ...'https://a.¦www.¦://¦//¦> ¦- ¦> - ¦- > ¦* ¦1. ¦+ ¦# ¦===\n¦---\n¦***¦|a¦|-¦a|b\n-|-\n'.split('¦'),
  ...'- a\n¦    a\n¦~~~\n¦```\n¦"a,¦“ ¦"a, ¦a,"¦"",¦""¦--acu ¦--tag "a ¦--tag ¦--a¦!fast '.split('¦'),
  ...'--¦-- ¦a=¦a\n¦ \n¦\n ¦<@U1>¦<@U1|¦<http://a|¦{"a":¦[1,¦"\\u0041¦.git¦.git/¦/a¦a/b,'.split('¦'),
  ...'stop ¦(aside)¦!aside¦**__¦*a **b ¦<http:¦](http://x.y)¦$(¦%s'.split('¦'),
];

export type HostileText = { label: string; text: string };

/** Texts of about `length` characters, and some of twice as many that nest deeply. */
export function hostileTexts(length: number): HostileText[] {
  // What repeats must not go on to the end: only then does a careless pattern go back.
  const repeated = PIECES.map((piece) => ({
    label: `${JSON.stringify(piece)} repeated`,
    text: `${piece.repeat(Math.ceil(length / piece.length))}a@`,
  }));
  return [...repeated, ...nested(2 * length)];
}

function nested(length: number): HostileText[] {
  const depth = Math.floor(Math.sqrt(length));
  const lines = (line: (index: number) => string): string =>
    Array.from({ length: depth }, (_, at) => line(at)).join('\n');
  return [
    { label: 'quotes that grow shallower', text: lines((at) => `${'> '.repeat((depth - at) / 2)}a`) },
    { label: 'quotes that grow deeper', text: lines((at) => `${'> '.repeat(at / 2)}a`) },
    { label: 'lists that grow deeper', text: lines((at) => `${' '.repeat(at)}- a`) },
    {
      label: 'quotes with lists that grow shallower',
      text: lines((at) => `${'> '.repeat((depth - at) / 2)}- a`),
    },
    { label: 'runs of backticks', text: lines((at) => '`'.repeat(at)).replaceAll('\n', ' ') },
    { label: 'nested links', text: `${'['.repeat(length / 5)}a${'](b)'.repeat(length / 5)}` },
    { label: 'nested emphasis', text: `${'*a '.repeat(length / 6)}${' a*'.repeat(length / 6)}` },
    {
      label: 'a table of one wide row and many short ones',
      text: `|${'a|'.repeat(length / 8)}\n|${'-|'.repeat(length / 8)}\n${'a\n'.repeat(length / 4)}`,
    },
  ];
}

/** Texts that once took seconds or all memory. */
export const KNOWN_TEXTS: readonly HostileText[] = [
  { label: 'deep quotes', text: `${'>'.repeat(1300)}a` },
  { label: 'deep lists', text: `${'- '.repeat(700)}a` },
  {
    label: 'quotes of 20 levels that grow shallower',
    text: Array.from({ length: 20 }, (_, at) => `${'> '.repeat(20 - at)}a`).join('\n'),
  },
  {
    label: 'quotes of 40 levels that grow shallower',
    text: Array.from({ length: 40 }, (_, at) => `${'> '.repeat(40 - at)}a`).join('\n'),
  },
  { label: 'what looks like an e-mail address', text: `${'a.'.repeat(25_000)}@` },
  { label: 'a code span of blanks', text: `\`a${' '.repeat(100_000)}b\`` },
  { label: 'slashes as a repository', text: `fix it --repo a${'/'.repeat(40_000)}b` },
  { label: 'slashes as a task', text: '/'.repeat(40_000) },
  { label: 'open quotes in a list', text: `fix it --tag ${'"a,'.repeat(13_000)}` },
  { label: 'open quotes in a task', text: '“ '.repeat(20_000) },
];
