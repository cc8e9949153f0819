import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { measurePaths } from './paths.ts';
import { measureSources } from './sources.ts';

/**
 * `npm run measure`: the weight of the project. Fails if a figure is above the recorded one, so whatever adds takes away.
 * `-- --record` records figures that are lower now; `-- --files` names the files of each path.
 */
const RECORD = new URL('figures.json', import.meta.url);

/** Which files run for an event varies a little: a busy machine polls at other moments. */
const PATH_VARIES_BY = 5;

const recorded = z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(RECORD, 'utf8')));
const paths = await measurePaths();
const counts = Object.entries(paths).map(([name, files]) => [name, files.length] as const);
const figures = Object.entries({ ...measureSources(), ...Object.fromEntries(counts) });
const mayBe = (name: string): number => recorded[name] ?? Infinity;

for (const [name, now] of figures)
  console.log(`${name.padEnd(42)} ${String(now).padStart(7)}   recorded ${mayBe(name)}`);

if (process.argv.includes('--files'))
  for (const [name, files] of Object.entries(paths)) console.log(`\n${name}\n  ${files.join('\n  ')}`);

if (process.argv.includes('--record')) {
  const lowest = figures.map(([name, now]) => [name, Math.min(now, mayBe(name))]);
  writeFileSync(RECORD, `${JSON.stringify(Object.fromEntries(lowest), null, 2)}\n`);
}

const grown = figures.filter(
  ([name, now]) => now > mayBe(name) + (name.startsWith('path: ') ? PATH_VARIES_BY : 0),
);
for (const [name, now] of grown)
  console.error(`${name} grew from ${mayBe(name)} to ${now}: take away as much as you add.`);
process.exit(grown.length === 0 ? 0 : 1);
