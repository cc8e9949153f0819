import { expect, test } from 'vitest';
import type { Desired } from '../../src/reconcile/context.ts';
import { OUTCOME, outcomeKey } from '../../src/reconcile/outcome.ts';
import type { SessionRequest } from '../../src/store/request-row.ts';
import type { ShownMessage } from '../../src/store/shown.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';

const SENT = { createdAt: new Date(1000), sentAt: new Date(2000) };
const UNKNOWN: Partial<SessionRequest> = { ...SENT, state: 'unknown' };
const RESTARTED: Partial<SessionRequest> = { ...SENT, state: 'sending', resumedAt: new Date(3000) };

const POSTED: ShownMessage = {
  key: 'outcome:request:2000',
  channelId: 'C1',
  threadTs: '1.0',
  firstTs: '2.0',
  lastTs: '2.0',
  ts: '2.0',
  stage: 'unknown',
  fingerprint: 'x',
  refused: null,
  failingSince: null,
  triedMsAgo: 0,
};
const REFUSED: ShownMessage = {
  ...POSTED,
  channelId: null,
  threadTs: null,
  ts: null,
  stage: null,
  refused: 'is_archived',
};

function desired(request: Partial<SessionRequest>, before: ShownMessage | null): Desired | null {
  const rows = {
    request: requestRow(request),
    at: '2000',
    calledIn: 'thread' as const,
    called: { kind: 'people' as const, userIds: ['U1'] },
    cardUrl: 'https://acme.slack.com/p1',
    nowMs: 600_000,
    text: en,
    ownText: en,
  };
  const found = OUTCOME.desired(rows, before);
  return typeof found === 'number' ? null : found;
}

test('an attempt that was sent has a message of its own', () => {
  expect(outcomeKey(requestRow(UNKNOWN))).toMatch(/:2000$/);
  expect(outcomeKey(requestRow(RESTARTED))).toMatch(/:3000$/);
});

test.each([
  ['under the card', UNKNOWN, null, { channelId: 'C1', threadTs: '1.0' }],
  ['directly, where Slack refuses it', UNKNOWN, REFUSED, 'direct'],
  ['nowhere once another attempt began', RESTARTED, null, null],
  ['nowhere once a session was found', { ...SENT, state: 'created' }, null, null],
] satisfies [string, Partial<SessionRequest>, ShownMessage | null, Desired['place'] | null][])(
  'that Devin did not confirm is said %s',
  (_where, request, before, place) => {
    const card = { cardChannelId: 'C1', cardTs: '1.0' };
    expect(desired({ ...card, ...request }, before)?.place ?? null).toEqual(place);
  },
);

test.each([
  ['another attempt began', RESTARTED],
  ['a session was found', { ...SENT, state: 'created' }],
] satisfies [string, Partial<SessionRequest>][])(
  'a message stops telling what to do once %s',
  (_what, request) => {
    expect(desired(UNKNOWN, POSTED)?.render().text).toContain(en.card.meaning.unknown.any);
    const { text } = desired(request, POSTED)?.render() ?? {};
    expect(text).toContain(en.milestones.changedSince);
    expect(text).not.toContain(en.card.meaning.unknown.any);
  },
);

test('a failure stays said', () => {
  expect(desired(RESTARTED, { ...POSTED, stage: 'failed' })).toBeNull();
});
