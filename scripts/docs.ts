import { readFileSync, writeFileSync } from 'node:fs';
import { withOptionsTable } from './options-table.ts';

/** `npm run docs`: writes what the README takes from the code. */
writeFileSync('README.md', withOptionsTable(readFileSync('README.md', 'utf8')));
