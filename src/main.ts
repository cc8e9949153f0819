import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What was compiled before isn't compiled again, which shortens the start. If the folder can't be written, nothing is kept.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
await import('./run.ts');
