import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

// Other loaded code can set the exit code, too, and CI reads nothing else.
test('a run with a failed test exits with a failure', async () => {
  const { code, printed } = await run(['run', '--config', 'test/run/vitest.config.ts']);
  expect(printed).toContain('1 failed');
  expect(code).toBe(1);
});

async function run(words: readonly string[]): Promise<{ code: number | null; printed: string }> {
  const { PATH = '', TMPDIR = '' } = process.env;
  const options = { cwd: ROOT, env: { PATH, TMPDIR, NO_COLOR: '1' } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [VITEST, ...words], options, (_error, stdout) =>
      resolve({ code: child.exitCode, printed: stdout }),
    );
  });
}
