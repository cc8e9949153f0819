import { expect, test } from 'vitest';
import type { QuotedMessage } from '../../../src/session/prompt.ts';
import { renderReview } from '../../../src/slack/blocks/review.ts';
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
