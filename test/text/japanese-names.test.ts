import { expect, test } from 'vitest';
import { ja } from '../../src/text/ja.ts';

test.each([
  ['Ana Ruiz', 'Ana Ruiz として実行'],
  ['*田中*', '*田中* として実行'],
  ['田中', '田中として実行'],
  ['サービスユーザー', 'サービスユーザーとして実行'],
])('Japanese has a space after %s only if it is not written in Japanese', (name, words) => {
  expect(ja.card.as(name)).toBe(words);
  expect(ja.modal.runsAs(name)).toBe(words);
});

test.each([
  ['Ana Ruiz', 'Ana Ruiz さん'],
  ['田中', '田中さん'],
])('Japanese calls %s by name with the same spaces in approvals and links', (name, called) => {
  expect(ja.approval.message.declined(name)).toMatch(new RegExp(`^${called}がこの依頼を却下`));
  expect(ja.approval.onCard.approved(name)).toMatch(new RegExp(`^${called}が承認`));
  expect(ja.steering.linking.done('<@U1>', name)).toContain(`Devin の ${called}に`);
});
