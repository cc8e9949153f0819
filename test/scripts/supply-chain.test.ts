import { describe, expect, test } from 'vitest';
import { imageProblems, supplyChainProblems } from '../../scripts/supply-chain.ts';

const locked = (one: object) => ({
  lockfileVersion: 3 as const,
  packages: {
    '': {},
    'node_modules/one': { version: '1.0.0', license: 'MIT', integrity: 'sha512-x', ...one },
  },
});

describe('a dependency', () => {
  test('is accepted if it is pinned, with a checksum and an allowed license', () => {
    expect(supplyChainProblems({ dependencies: { one: '1.0.0' } }, locked({}))).toEqual([]);
    expect(supplyChainProblems({}, locked({ license: '(MIT OR GPL-3.0)' }))).toEqual([]);
  });

  test.each([
    [{ license: 'GPL-3.0' }, 'GPL-3.0 is not an allowed license'],
    [{ license: undefined }, 'no license is not an allowed license'],
    [{ integrity: undefined }, 'no checksum'],
  ])('is refused with %j', (one, problem) => {
    expect(supplyChainProblems({}, locked(one))).toEqual([expect.stringContaining(problem)]);
  });

  test.each(['^1.0.0', '~1.0.0', '1.x', 'latest', '*', 'github:acme/one', ''])(
    'is refused at version "%s"',
    (version) => {
      for (const manifest of [{ dependencies: { one: version } }, { overrides: { two: { one: version } } }])
        expect(supplyChainProblems(manifest, locked({}))).toEqual([expect.stringContaining('pin one')]);
    },
  );
});

describe('the base image', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  test('is accepted if it is pinned by tag and digest', () => {
    expect(imageProblems(`FROM node:24.21.0-slim@${digest}\nWORKDIR /app\n`)).toEqual([]);
  });

  test.each(['node:24-slim', 'node', `node@${digest}`, 'node:24-slim@sha256:abc'])(
    'is refused on %s',
    (image) => {
      expect(imageProblems(`FROM ${image} AS app\n`)).toEqual([expect.stringContaining(`pin ${image}`)]);
    },
  );
});
