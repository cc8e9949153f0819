import { expect, test } from 'vitest';
import { renderSecretForm } from '../../../src/slack/views/secret-form.ts';
import { en } from '../../../src/text/en.ts';

const kept = (count: number) => Array.from({ length: count }, (_, i) => `NAME_${i}`);
const hintOf = (count: number) => {
  const metadata = { formId: 'f', formViewId: 'v' };
  return JSON.stringify(renderSecretForm(metadata, kept(count), en).blocks);
};

test("the form for secrets counts the names it doesn't list", () => {
  expect(hintOf(13)).toContain('And 3 more');
  expect(hintOf(10)).not.toContain(' more');
});
