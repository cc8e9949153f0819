import { expect, test } from 'vitest';
import { ja } from '../../src/text/ja.ts';

test.each([
  ['Ana Ruiz', 'Ana Ruiz として実行'],
  ['*田中*', '*田中* として実行'],
  ['田中', '田中として実行'],
  ['サービスユーザー', 'サービスユーザーとして実行'],
])('Japanese has a space after %s only if it is not written in Japanese', (name, words) => {
  expect(ja.card.as(name)).toBe(words);
  expect(ja.modal.runsAs.member(name)).toBe(words);
  expect(ja.approval.message.runsAs(name)).toBe(`${words}します。`);
  expect(ja.home.runsAs.member(name)).toBe(`セッションは ${words}されます。`);
});
