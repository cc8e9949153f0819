import { describe, expect, test } from 'vitest';
import { desiredCard } from '../../src/reconcile/card.ts';
import type { Desired } from '../../src/reconcile/show.ts';
import type { RequestState } from '../../src/session/request.ts';
import type { SessionRequest } from '../../src/store/requests.ts';
import type { ShownMessage } from '../../src/store/shown.ts';
import type { TurnClass } from '../../src/store/turns.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const SECOND_MS = 1000;

const shownAs = (stage: string | null): ShownMessage => ({
  key: 'card:request',
  channelId: 'C1',
  threadTs: null,
  firstTs: '1.0',
  lastTs: '1.0',
  ts: '1.0',
  stage,
  fingerprint: 'x',
  refused: null,
  failingSince: null,
  triedMsAgo: 0,
});

type Setting = {
  request?: Partial<SessionRequest>;
  /** Of the session; left out: there is none. */
  status?: object | undefined;
  before?: ShownMessage | null;
  ageMs?: number;
};

function desired({ request, status, before = shownAs('working'), ageMs = 0 }: Setting): Desired | null {
  const snapshot = sessionSnapshot('s1', { acus_consumed: 1.41, ...status });
  const session = status === undefined ? null : sessionRow({ snapshot });
  const rows = {
    request: requestRow(request),
    session,
    here: null,
    share: 'alone' as const,
    nowMs: SECOND_MS + ageMs,
    text: en,
  };
  return desiredCard(rows, before);
}

describe('what a card shows', () => {
  test.each([
    ['a little more time', {}, 60 * SECOND_MS],
    ['ACU that round to the same', { acus_consumed: 1.43 }, 0],
    ["another of Devin's words for the same phase", { status_detail: 'working' }, 0],
    ['a new time of the last change', { updated_at: 9 }, 0],
  ])('is the same after %s', (_what, status, ageMs) => {
    expect(desired({ status, ageMs })?.fingerprint).toBe(desired({ status: {} })?.fingerprint);
  });

  test.each([
    ['a title', { title: 'Fix the login' }],
    ['ACU', { acus_consumed: 1.51 }],
    ['a phase', { status_detail: 'waiting_for_user' }],
    [
      'a pull request',
      { pull_requests: [{ pr_url: 'https://github.com/acme/web/pull/1', pr_state: 'open' }] },
    ],
  ])('changes with %s', (_what, status) => {
    const [before, after] = [desired({ status: {} }), desired({ status })];
    expect(after?.fingerprint).not.toBe(before?.fingerprint);
    expect(after?.render().text).not.toBe(before?.render().text);
  });
});

test.each([
  ['the URL of a new session', 'created', null, {}, 'url'],
  ['the URL of a session that was not confirmed', 'created', 'unknown', {}, 'url'],
  ['a failure to start', 'failed', null, undefined, 'url'],
  ["that Devin didn't confirm", 'unknown', null, undefined, 'needed'],
  ['a question', 'created', 'working', { status_detail: 'waiting_for_user' }, 'needed'],
  ['a result', 'created', 'working', { status_detail: 'finished' }, 'needed'],
  ['a failure', 'created', 'working', { status: 'error' }, 'needed'],
  ['an end', 'created', 'working', { status: 'exit' }, 'needed'],
  ['that it works again', 'created', 'needs-you', {}, 'rest'],
  ['that it sleeps', 'created', 'working', { status: 'suspended', status_detail: 'inactivity' }, 'rest'],
  ['other words in the same phase', 'created', 'working', {}, 'rest'],
  ['that it waits for people', 'awaiting-approval', null, undefined, 'needed'],
  ['that it waits for Devin', 'sending', null, undefined, 'rest'],
] satisfies [string, RequestState, string | null, object | undefined, TurnClass][])(
  'a card shows in time %s',
  (_what, state, stage, status, soon) => {
    expect(desired({ request: { state }, status, before: shownAs(stage) })?.turnClass).toBe(soon);
  },
);

const IN_CHANNEL = { channelId: 'C1', threadTs: null };
const NOT_POSTED = { cardChannelId: null, cardTs: null };
const ANA = {
  kind: 'matched',
  devinUserId: 'user-ana',
  name: 'Ana',
  how: 'email',
  checkedAtMs: 0,
} as const;
const REFUSED = { ...shownAs(null), channelId: null, ts: null, refused: 'is_archived' };

test.each([
  ['where it was asked for', { request: { ...NOT_POSTED, identity: ANA }, before: null }, IN_CHANNEL],
  [
    'with its person, where Slack refuses it',
    { request: { ...NOT_POSTED, identity: ANA }, before: REFUSED },
    'direct',
  ],
  [
    'where it was, though an edit was refused',
    { before: { ...shownAs(null), refused: 'is_archived' } },
    IN_CHANNEL,
  ],
  [
    'nowhere before it is known who asks',
    { request: { ...NOT_POSTED, state: 'accepted' }, before: null },
    null,
  ],
  [
    'nowhere for a refusal',
    { request: { ...NOT_POSTED, identity: ANA, state: 'refused' }, before: null },
    null,
  ],
] satisfies [string, Setting, Desired['place'] | null][])('a card is %s', (_where, setting, place) => {
  expect(desired(setting)?.place ?? null).toEqual(place);
});
