import { expect, test } from 'vitest';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import type { QuotedMessage } from '../../../src/session/prompt.ts';
import { pageOfPicked, renderReview, type ReviewItem } from '../../../src/slack/views/review.ts';
import { en } from '../../../src/text/en.ts';
import type { Text } from '../../../src/text/index.ts';
import { ja } from '../../../src/text/ja.ts';

const METADATA = { formId: 'f1', formViewId: 'V1', choice: 'thread', page: null } as const;

function shown(authorKind: QuotedMessage['authorKind'], text: Text): string {
  const author = { author: null, authorKind };
  const message = { ...author, atMs: 0, text: 'It is slow', files: ['a.png'], picked: false };
  const view = renderReview(
    {
      metadata: METADATA,
      items: [
        { kind: 'message', id: '1.0', message },
        { kind: 'file', id: 'F1', name: 'a.png', ...author },
      ],
      without: { messages: [], files: [] },
      instructions: null,
    },
    text,
  );
  return JSON.stringify(view);
}

test('the review shows the time of a message as other screens do', () => {
  expect(shown('member', en)).toContain('|1970-01-01 00:00 UTC>');
});

test("the review names an author without a name by their kind, in the reader's language", () => {
  expect(shown('app', en)).toContain('*an app* · app');
  expect(shown('app', en)).toContain('File a.png, from an app');
  expect(shown('member', en)).toContain('*an unknown person* · member');
  expect(shown('app', ja)).toContain('*名前のないアプリ* · アプリ');
  expect(shown('app', ja)).toContain('ファイル a.png（名前のないアプリ）');
  expect(shown('member', ja)).toContain('*名前が不明な人* · メンバー');
});

const said = (id: string, text: string, picked = false): ReviewItem => ({
  kind: 'message',
  id,
  message: { author: 'Ana', authorKind: 'member', atMs: 0, text, files: [], picked },
});
const view = (items: ReviewItem[]) =>
  renderReview(
    { metadata: METADATA, items, without: { messages: [], files: [] }, instructions: '直'.repeat(9000) },
    ja,
  );

test('the review fits into a view, whatever people wrote', () => {
  for (const words of ['直', '"', '&', 'word ', '👩‍💻'])
    expect(
      checkView(view(Array.from({ length: 60 }, (_, at) => said(`${at}.0`, words.repeat(4000))))),
    ).toEqual([]);
});

test('the review shows a file once, though several messages have it', () => {
  const file: ReviewItem = { kind: 'file', id: 'F1', name: 'a.png', author: 'Ana', authorKind: 'member' };
  const items = [said('1.0', 'Look'), file, said('2.0', 'Again'), file];
  expect(checkView(view(items))).toEqual([]);
  const many = Array.from({ length: 59 }, () => file);
  expect(pageOfPicked([...many, said('1.0', 'Look'), said('2.0', 'This', true)])).toBe(0);
});
