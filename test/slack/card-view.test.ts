import { expect, test } from 'vitest';
import { cardView } from '../../src/slack/card-view.ts';
import { en } from '../../src/text/index.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionResponse } from '../support/session-response.ts';
import { sessionRow } from '../support/session-row.ts';

test('a card counts the time since Devin created the session', () => {
  const nowMs = 1_700_000_720_000;
  const response = sessionResponse('s1', { created_at: 1_700_000_000 });
  const session = sessionRow({ response, createdAt: new Date(nowMs) });
  expect(cardView({ request: requestRow(), session, nowMs }, en).elapsedMs).toBe(720_000);
});
