import { assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { matchesGlob } from '../../../src/session/policy/patterns.ts';

test.each([
  ['acme/infra-*', 'acme/infra-dns', true],
  ['acme/infra-*', 'acme/infra-', true],
  ['acme/infra-*', 'acme/web', false],
  ['ACME/Web', 'acme/web', true],
  ['*', '', true],
  ['*@contractor.example', 'ana@contractor.example', true],
  ['*@contractor.example', 'ana@contractor.example.org', false],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*bc*c', 'abc', false],
  ['a**b', 'ab', true],
  ['a.c', 'abc', false],
  ['*@kite.example', 'eve@\u212Aite.example', false],
  ['i*', '\u0130', false],
  ['Équipe-*', 'équipe-web', true],
  ['', '', true],
  ['', 'a', false],
])('the pattern %j and %j: %s', (pattern, value, expected) => {
  expect(matchesGlob(pattern, value)).toBe(expected);
});

test('a pattern matches the same as its regular expression', () => {
  const short = string({ unit: constantFrom('a', 'b', '*', '.', '-'), maxLength: 12 });
  assert(
    property(short, short, (pattern, value) => {
      const source = pattern.split('*').map((piece) => piece.replaceAll('.', String.raw`\.`));
      expect(matchesGlob(pattern, value)).toBe(new RegExp(`^${source.join('.*')}$`).test(value));
    }),
  );
});
