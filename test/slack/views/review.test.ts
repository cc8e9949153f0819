import { expect, test } from 'vitest';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import type { QuotedMessage } from '../../../src/session/prompt.ts';
import { renderReview, type Review, type ReviewItem } from '../../../src/slack/views/review.ts';
import { en } from '../../../src/text/en.ts';
import { ja } from '../../../src/text/ja.ts';

const MESSAGE: QuotedMessage = {
  author: 'Ana',
  authorKind: 'member',
  atMs: 0,
  text: 'It is slow',
  files: [],
  picked: false,
};

const said = (id: string, parts: Partial<QuotedMessage> = {}): ReviewItem => ({
  kind: 'message',
  id,
  name: '',
  message: { ...MESSAGE, ...parts },
});
function draw(parts: Partial<Review>, text = en) {
  const review = { values: {}, names: {}, instructions: null, items: [], without: null, notes: [], ...parts };
  const view = renderReview('f1', review, text);
  expect(checkView(view)).toEqual([]);
  return view;
}

const draws = (...[parts, text]: Parameters<typeof draw>): string => JSON.stringify(draw(parts, text).blocks);

test('the review shows the task, its options, the names of secrets and the instructions', () => {
  const values = {
    prompt: 'Fix it',
    max_acu_limit: 5,
    session_secrets: [{ key: 'TOKEN', value: 'hunter2', sensitive: true }],
  };
  const shown = draws({ values, instructions: 'Follow the guide.' });
  for (const words of ['Fix it', 'ACU cap', 'TOKEN', 'Follow the guide.']) expect(shown).toContain(words);
  expect(shown).not.toContain('hunter2');
});

test('the review fits into a view, whatever people wrote and however long the thread is', () => {
  for (const words of ['直', '"', '&', 'word ', '👩‍💻', ' ']) {
    const items = Array.from({ length: 300 }, (_, at) =>
      said(`${at}.0`, { author: words.repeat(90), text: words.repeat(4000), picked: at === 200 }),
    );
    expect(
      draws({ items, values: { prompt: words.repeat(9000) }, instructions: '直'.repeat(9000) }, ja),
    ).toContain('message 200.0');
  }
});
