import { expect, test } from 'vitest';
import { userMessage } from '../src/errors.ts';
import { en } from '../src/text/index.ts';

type Refusal = { detail: string | null; fieldErrors: { field: string; message: string }[] };

function refused({ detail, fieldErrors }: Refusal): string {
  const facts = { code: 'invalid-request', status: 400, permission: null };
  return userMessage({ kind: 'devin', ...facts, detail, fieldErrors }, en);
}

const OF_PLATFORM = "Unknown platform 'amiga'. Available platforms: linux, windows";
const platform = { field: 'platform', message: OF_PLATFORM };

test.each([
  ['the same words', OF_PLATFORM],
  ['the same words among others', `platform: ${OF_PLATFORM}`],
])('what Devin says of a field is said once, beside it: %s', (_how, detail) => {
  const words = refused({ detail, fieldErrors: [platform] });
  expect(words).toContain(`Devin says:\nMachine: ${OF_PLATFORM}`);
  expect(words.split(OF_PLATFORM)).toHaveLength(2);
});

test('what Devin says beyond the fields stays', () => {
  const words = refused({ detail: 'Two things are wrong.', fieldErrors: [platform] });
  expect(words).toContain('refused this request: Two things are wrong.');
  expect(words).toContain(`Machine: ${OF_PLATFORM}`);
});

test('a refusal without a reason says so', () => {
  expect(refused({ detail: null, fieldErrors: [] })).toContain("didn't say why");
});
