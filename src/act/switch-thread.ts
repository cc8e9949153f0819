import { appendAudit } from '../store/audit.ts';
import type { Followed } from '../store/requests.ts';
import type { SessionChanges } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import { done, type ActContext, type ActOf, type Doing, type Outcome } from './context.ts';

type Switch = ActOf<'mute' | 'unmute' | 'listen-thread' | 'listen-mentions'>;

const CHANGES: Record<Switch['kind'], (userId: string) => SessionChanges> = {
  mute: (userId) => ({ muted: true, mutedBy: userId }),
  unmute: () => ({ muted: false, mutedBy: null }),
  'listen-thread': () => ({ listen: 'thread' }),
  'listen-mentions': () => ({ listen: 'mentions' }),
};

export async function maySwitch({ authority }: ActContext, act: Switch, followed: Followed) {
  const { userId, messageTs } = act;
  const refusal = await authority.steeringRefusal(followed.request, userId);
  // Who writes in the thread is in its conversation.
  return refusal === null && messageTs === undefined ? authority.writingRefusal(followed, userId) : refusal;
}

/** Which messages of its thread a session gets. */
export async function switchThread(
  { store, enqueue }: ActContext,
  { act: { kind, userId }, subject: { session } }: Doing<Switch, Followed>,
): Promise<Outcome> {
  const { sessionId, requestId } = session;
  await store.db.transaction().execute(async (trx) => {
    await store.sessions.change(sessionId, CHANGES[kind](userId), trx);
    await enqueue('show', { key: cardKey(requestId) }, { trx });
    await appendAudit([{ kind: 'setting', userId, requestId, sessionId, result: `${kind}:session` }], trx);
  });
  await store.sessions.touch(requestId);
  return done();
}
