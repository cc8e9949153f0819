import { readFileSync, writeFileSync } from 'node:fs';
import { withConditionsTable, withManifestLink, withOptionsTable } from './tables.ts';

/** `npm run docs`: writes what the documents take from the code. */
const rewrite = (path: string, written: (document: string) => string): void =>
  writeFileSync(path, written(readFileSync(path, 'utf8')));
rewrite('README.md', withManifestLink);
rewrite('README.ja.md', withManifestLink);
rewrite('docs/install.md', withManifestLink);
rewrite('docs/options.md', withOptionsTable);
rewrite('docs/policy.md', withConditionsTable);
