import { expect, test } from 'vitest';
import { findLost } from '../../src/restore/index.ts';
import { requestTag, type RequestState } from '../../src/session/request.ts';
import { ANA, createSetting } from '../support/create-context.ts';
import { useEmbedded } from '../support/databases.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';
import { unneeded } from '../support/unneeded.ts';

const open = useEmbedded();
const NOW_S = Date.parse('2026-11-26T00:00:00Z') / 1000;

type Given = { session?: object; state?: RequestState | null; ownId?: string | null; atS?: number };

/** Devin lists one session of this app, with the tag of request r1, which has this state; null: it isn't known. */
async function searched({ session = {}, state = null, ownId = 'app', atS = NOW_S }: Given) {
  const { c, store, insert, find } = await createSetting(open);
  if (state !== null) await insert(state, { identity: ANA });
  const tags = [requestTag('r1')];
  const listed = sessionSnapshot('s1', {
    tags,
    user_id: ANA.devinUserId,
    created_at: NOW_S,
    acus_consumed: 3,
    ...session,
  });
  const asked: unknown[] = [];
  const self = { principalType: 'service_user', serviceUserId: ownId, orgId: null };
  const devin = {
    self: { get: async () => Promise.resolve(self) },
    sessions: {
      async listAll({ createdAfter }: { createdAfter?: number }) {
        asked.push(createdAfter);
        return Promise.resolve([listed]);
      },
    },
    messages: { list: unneeded },
    attachments: { list: unneeded },
  };
  c.tuning.now = () => atS * 1000;
  const context = { ...c, devin, slack: { teamId: () => 'T1', readPosted: unneeded } };
  const look = async () => findLost(context, new AbortController().signal);
  const lost = (await look()).map(({ requestId }) => requestId);
  const counted = await store.db.selectFrom('ledger').selectAll().execute();
  return { look, lost, counted, asked, request: state === null ? null : await find() };
}

test.each<[string, object, Partial<Given>, lost: boolean, counted: boolean]>([
  ['of a lost request', {}, {}, true, true],
  ['by this app', { service_user_id: 'app' }, {}, true, true],
  [
    "by a service user, if Devin doesn't say who this app is",
    { service_user_id: 'x' },
    { ownId: null },
    true,
    true,
  ],
  ['over a week old', { created_at: 1 }, {}, false, true],
  ['by another app', { service_user_id: 'other' }, {}, false, false],
  ['that another session started', { parent_session_id: 's0' }, {}, false, false],
  ['with the tag of others', { tags: ['nightly'] }, {}, false, false],
  ['of a request that has a session', {}, { state: 'created' }, false, false],
])('a session is lost, and counts: %s', async (_what, session, given, isLost, isCounted) => {
  const { lost, counted } = await searched({ session, ...given });
  expect([lost, counted.length]).toEqual([isLost ? ['r1'] : [], isCounted ? 1 : 0]);
});

test.each<[RequestState, object, adopted: boolean]>([
  ['sending', {}, true],
  ['unknown', {}, true],
  // A backup was restored.
  ['ready', {}, true],
  ['sending', { user_id: 'user-eve' }, false],
])('a request that is %s gets the session with its tag, if it runs as its person', async (...given) => {
  const [state, session, isAdopted] = given;
  const { request } = await searched({ state, session });
  expect(request).toMatchObject(isAdopted ? { state: 'created', sessionId: 's1' } : { state });
});

test.each([
  ['running', true],
  ['exit', false],
])('a lost session that is %s counts with what it used, and as open: %s', async (status, isOpen) => {
  const { counted } = await searched({ session: { status } });
  const startedAt = new Date(NOW_S * 1000);
  expect(counted).toMatchObject([{ sessionId: 's1', requestId: 'r1', consumed: 3, at: startedAt, isOpen }]);
});

test.each([
  ['2026-11-26T00:00:00Z', '2026-11-01T00:00:00Z', '2026-11-19T00:00:00Z'],
  ['2026-11-03T00:00:00Z', '2026-10-27T00:00:00Z', '2026-10-27T00:00:00Z'],
])('at %s, sessions are read since %s, and since %s once some are counted', async (time, first, then) => {
  const { look, asked } = await searched({ atS: Date.parse(time) / 1000 });
  await look();
  expect(asked).toEqual([first, then].map((since) => Date.parse(since) / 1000));
});
