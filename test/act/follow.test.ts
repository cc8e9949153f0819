import { expect, test } from 'vitest';
import { createFollower } from '../../src/act/follow.ts';
import type { Identity } from '../../src/session/identity.ts';
import { requestTag } from '../../src/session/request.ts';
import type { SessionRequest } from '../../src/store/request-row.ts';
import type { SessionRow } from '../../src/store/sessions.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const ana: Identity = {
  kind: 'matched',
  devinUserId: 'user-ana',
  name: 'Ana Ruiz',
  how: 'email',
  checkedAtMs: 0,
};
const service: Identity = { kind: 'service-user', because: 'off', checkedAtMs: 0 };

/** What a command does with a session that carries the tag of a request whose session isn't confirmed. */
async function followTagged(
  changes: Partial<SessionRequest>,
  userId: string | null = 'user-ana',
  known: SessionRow | null = null,
): Promise<string[]> {
  const done: string[] = [];
  const request = requestRow({ state: 'unknown', sessionId: null, identity: ana, ...changes });
  const follow = createFollower({
    store: {
      requests: { find: async () => Promise.resolve(request), cardAskedFor: async () => Promise.resolve() },
      sessions: { find: async () => Promise.resolve(known) },
    },
    resolve: async () => Promise.resolve(ana),
    presence: async () => Promise.resolve('in'),
    getSession: async (id) =>
      Promise.resolve(sessionSnapshot(id, { user_id: userId, tags: [requestTag(request.id)] })),
    importSession: async () => {
      done.push('imported');
      return Promise.resolve(null);
    },
    adopt: async () => {
      done.push('adopted');
      return Promise.resolve({ kind: 'leave' });
    },
    show: async () => Promise.resolve(null),
    outbound: { permalink: () => null },
    notifier: {
      notify: async (_userId, _answerTo, ...sentences) =>
        void (await Promise.resolve(done.push(...sentences))),
      notifyMarkup: async () => Promise.resolve(),
    },
    textFor: async () => Promise.resolve(en),
  });
  const answerTo = { id: 'a', channelId: 'C1', threadTs: null, sealed: null, always: true };
  await follow({ sessionId: 's1', teamId: 'T1', userId: 'U1', answerTo });
  return done;
}

test.each([
  ['runs as the person who asked', ana, 'user-ana', 'adopted'],
  ['runs as another member', ana, 'user-eve', 'imported'],
  ['runs as no member, as it was asked for', service, null, 'adopted'],
  ['runs as a member, but was asked for without one', service, 'user-eve', 'imported'],
])(
  'a followed session with the tag of a lost one is that one or not: it %s',
  async (_what, identity, userId, expected) => {
    expect(await followTagged({ identity }, userId)).toEqual([expected]);
  },
);

test.each<[which: string, changes: Partial<SessionRequest>]>([
  ['that was refused', { state: 'refused' }],
  ['that has its own session', { state: 'created', sessionId: 's0' }],
  ['of another workspace', { teamId: 'T2' }],
  ['that waits for an approval', { state: 'awaiting-approval' }],
])('a followed session with the tag of a request %s is a session of its own', async (_which, changes) => {
  expect(await followTagged(changes)).toEqual(['imported']);
});

test("a session of another workspace isn't found", async () => {
  const theirs = { state: 'created', teamId: 'T2' } as const;
  expect(await followTagged(theirs, 'user-ana', sessionRow())).toEqual([en.devin.notFound]);
});
