import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const DEMO = fileURLToPath(new URL('../../sandbox/demo.ts', import.meta.url));

function demo(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO, ...options], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the demo', () => {
  test('lists its options', () => {
    const { status, stdout } = demo('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--port N');
  });

  test('lists its options when given an unknown one', () => {
    const { status, stderr } = demo('--prot', '4400');
    expect(status).toBe(1);
    expect(stderr).toContain("Unknown option '--prot'");
    expect(stderr).toContain('--port N');
    expect(stderr).not.toContain('at parseArgs');
  });
});
