import { expect, test } from 'vitest';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import type { QuotedMessage } from '../../../src/session/prompt.ts';
import { readReview, renderReview, type Review, type ReviewItem } from '../../../src/slack/views/review.ts';
import { en } from '../../../src/text/en.ts';
import { ja } from '../../../src/text/ja.ts';
import { sentView } from './form/harness.ts';

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
const FILE: ReviewItem = { ...said('F1'), kind: 'file', name: 'a.png' };

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

test("the review names an author without a name by their kind, in the reader's language", () => {
  const by = (authorKind: QuotedMessage['authorKind']) => ({
    items: [said('1.0', { author: null, authorKind }), FILE],
  });
  expect(draws(by('app'))).toContain('*an app* · app');
  expect(draws(by('member'))).toContain('*an unknown person* · member');
  expect(draws(by('app'), ja)).toContain('*名前のないアプリ* · アプリ');
});

test('each box is named by author and time, and has the first words', () => {
  const shown = draws({ items: [said('1.0'), FILE] });
  expect(shown).toMatch(/"Ana · <!date\^0\^\{time\}\|00:00 UTC>".*"It is slow"/);
  expect(shown).toMatch(/"a\.png · <!date.*"File from Ana"/);
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

test('what is unticked stays so, and a file that several messages have has one box', () => {
  const items = Array.from({ length: 14 }, (_, at) => [said(`${at}.0`), FILE]).flat();
  const view = draw({ items, without: { messages: ['3.0', 'elsewhere'], files: [] } });
  const before = { messages: ['3.0', 'elsewhere'], files: [] };
  const read = (values: object) => readReview(sentView(view, values), before);
  expect(read({})).toEqual(before);
  const none = { value: { type: 'checkboxes', selected_options: [] } };
  expect(read({ 'review.0': none }).files).toEqual(['F1']);
});
