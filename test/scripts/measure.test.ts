import { expect, test } from 'vitest';
import { floorsOf } from '../../scripts/measure/floors.ts';

const imports = (arrows: Record<string, string[]>) =>
  new Map(
    Object.entries(arrows).map(([from, to]) => [`/src/${from}.ts`, to.map((file) => `/src/${file}.ts`)]),
  );

test('counts one floor for each folder that stands on another', () => {
  const chain = imports({
    'app/a': ['create/b'],
    'create/b': ['store/c', 'store/d'],
    'store/c': ['store/d'],
  });
  expect(floorsOf(chain, '/src')).toEqual({ floors: 3, arrowsBack: 0 });
});

test('counts the lighter arrow of a circle as one that runs back', () => {
  const circle = imports({ 'create/a': ['store/c'], 'create/b': ['store/c'], 'store/c': ['create/a'] });
  expect(floorsOf(circle, '/src')).toEqual({ floors: 2, arrowsBack: 1 });
});
