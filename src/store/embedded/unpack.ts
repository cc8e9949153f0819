import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/**
 * Makes the files of an empty database, as `initdb` would in seconds and with a gigabyte. PGlite could load them itself, but
 * would keep 40 MB of them until the process ends.
 * https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export async function unpackDatabase(folder: string): Promise<void> {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  const packed = await dataDir();
  const tar = gunzipSync(await packed.arrayBuffer());
  for (let at = 0; tar[at] !== 0;) {
    const words = (from: number, to: number): string =>
      tar.toString('latin1', at + from, at + to).replace(/\0.*/s, '');
    const path = join(folder, words(0, 100));
    const size = Number.parseInt(words(124, 136), 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (words(156, 157) === '5') mkdirSync(path, { recursive: true, mode: 0o700 });
    else writeFileSync(path, content, { mode: 0o600 });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
