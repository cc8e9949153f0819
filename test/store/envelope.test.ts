import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSeal, loadSecretsKeys } from '../../src/store/envelope.ts';
import { useFolder } from '../support/databases.ts';

describe('a sealed value', () => {
  const key = randomBytes(32);
  const box = createSeal(key);
  const seal = (plain: string, context: string) => box.seal(plain, context);
  const open = (sealed: string, context: string) => box.open(sealed, context);

  test.each(['', 'TOKEN=abc', 'Schlüssel ✓ 鍵', 'x'.repeat(100_000)])('opens to what was sealed', (plain) => {
    expect(open(seal(plain, 'request-1'), 'request-1')).toBe(plain);
  });

  test('opens with any of several keys, and seals with the first', () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)];
    const rotated = createSeal(newer, older);
    expect(rotated.open(createSeal(older).seal('TOKEN=abc', 'request-1'), 'request-1')).toBe('TOKEN=abc');
    const sealed = rotated.seal('TOKEN=abc', 'request-1');
    expect(createSeal(newer).open(sealed, 'request-1')).toBe('TOKEN=abc');
    expect(createSeal(older).open(sealed, 'request-1')).toBeNull();
    expect(rotated.open(sealed, 'request-2')).toBeNull();
  });

  test("can't be opened for another request", () => {
    expect(open(seal('TOKEN=abc', 'request-1'), 'request-2')).toBeNull();
  });

  test("can't be opened if any byte was changed", () => {
    const bytes = Buffer.from(seal('TOKEN=abc', 'request-1').slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(open(`v1.${changed.toString('base64url')}`, 'request-1')).toBeNull();
    }
  });

  test.each(['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'TOKEN=abc'])("isn't read from %j", (text) => {
    expect(open(text, 'request-1')).toBeNull();
  });
});

describe('the key', () => {
  const folder = useFolder();

  test('is created the first time, for this user only, and found again', () => {
    const dataDir = join(folder(), 'new');
    const [key] = loadSecretsKeys({ dataDir });
    expect(key).toHaveLength(32);
    expect(statSync(join(dataDir, 'secrets.key')).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(loadSecretsKeys({ dataDir })).toEqual([key]);
  });

  test.each([0o644, 0o640])('that others can read is hidden from them, with a warning: %o', (mode) => {
    const dataDir = join(folder(), `open-${mode}`);
    const [key] = loadSecretsKeys({ dataDir });
    const path = join(dataDir, 'secrets.key');
    chmodSync(path, mode);
    const warnings: string[] = [];
    expect(loadSecretsKeys({ dataDir, log: { warn: (_facts, message) => warnings.push(message) } })).toEqual([
      key,
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([expect.stringContaining(path)]);
  });

  test('that is damaged is refused and left unchanged', () => {
    const dataDir = join(folder(), 'damaged');
    loadSecretsKeys({ dataDir });
    const path = join(dataDir, 'secrets.key');
    writeFileSync(path, 'half a key');
    expect(() => loadSecretsKeys({ dataDir })).toThrow(path);
    expect(readFileSync(path, 'utf8')).toBe('half a key');
  });
});
