import type { Transaction } from 'kysely';
import type { AnswerTo, Enqueue, Jobs } from '../../queue/index.ts';
import type { SlackFile } from '../../session/context.ts';
import { isOver, isResting } from '../../session/lifecycle.ts';
import type { ReplyWay } from '../../session/reply.ts';
import type { Commit } from '../../store/commit.ts';
import type { Envelopes } from '../../store/envelope.ts';
import type { Person } from '../../store/identities.ts';
import type { NewReply, Reply } from '../../store/replies.ts';
import { messageKey, newId, type MessageRef } from '../../store/request-row.ts';
import { findSteered, type SteeredThread } from '../../store/requests.ts';
import type { StoreParts } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import type { PrivatePlace } from '../edge/outbound.ts';

type ActInboxDeps = { commit: Commit; envelopes: Envelopes; enqueue: Enqueue };

/** Of each kind of job, what it is about. Who asks for it, and where they are answered, are added. */
type About<Job> = Job extends unknown ? Omit<Job, 'userId' | 'answerTo'> : never;
type Question = { always?: boolean; reason?: string };

/** Saves what people want done with sessions and requests that exist. A job does it, if they may. */
export function createActInbox({ commit, envelopes, enqueue }: ActInboxDeps) {
  function askedIn({ userId, ...place }: PrivatePlace, { always = false, reason }: Question) {
    const { channelId, threadTs, responseUrl } = place;
    const id = newId();
    const sealed = envelopes.close(id, { responseUrl, ...(reason !== undefined && { reason }) });
    const answerTo: AnswerTo = { id, channelId, threadTs, sealed, always };
    return { userId, answerTo };
  }

  return {
    /** `always`: the person is answered even if all went well. `reason`: in their words. */
    act: async (place: PrivatePlace, act: About<Jobs['act']>, how: Question = {}): Promise<void> =>
      commit(async (trx) => enqueue('act', { ...act, ...askedIn(place, how) }, { trx })),

    showUsage: async (place: PrivatePlace, usage: About<Jobs['show-usage']>): Promise<void> =>
      commit(async (trx) =>
        enqueue('show-usage', { ...usage, ...askedIn(place, { always: true }) }, { trx }),
      ),
  };
}

/** A message in a session's thread, or one elsewhere (`channelId`) that its author sent to the session. */
export type NewThreadReply = {
  thread: SteeredThread;
  userId: string;
  channelId: string;
  ts: string;
  /** Readable, except mentions. */
  text: string;
  files: SlackFile[];
};

/** What was said in a box or by a command. `dedupeKey`: Slack's name for this one delivery. */
type SaidOutside = Pick<NewReply, 'userId' | 'channelId' | 'text' | 'dedupeKey'> & {
  thread: SteeredThread;
  /** null: with a button of the question, which then shows it. */
  via: ReplyWay | null;
};

/** A message that Devin must not get: an edit took it back (`editedTs`), or it was deleted. */
type Retracted = MessageRef & { editedTs?: string | null };

type Waiting = Pick<Reply, 'id' | 'sessionId' | 'messageTs'>;

/** `thread`: whose session has the message, or will. `isTask`: it edits the message that asked for the session. */
type Edit = Omit<NewThreadReply, 'files'> & { editedTs: string; isTask: boolean };

type ThreadInboxDeps = {
  commit: Commit;
  store: StoreParts<{
    sessions: 'find';
    requests: 'find';
    replies: 'insert' | 'find' | 'sessionOf' | 'lockMessage' | 'move' | 'resend';
  }>;
  enqueue: Enqueue;
};

/** Saves what people say to a session, row and job in one transaction. The job takes it to Devin. */
export function createThreadInbox({ commit, store, enqueue }: ThreadInboxDeps) {
  const { replies } = store;

  /** A delivery that was seen before changes nothing. */
  async function write(reply: NewReply, trx: Transaction<Tables>): Promise<void> {
    if ((await replies.insert(reply, trx)) && reply.state !== 'held') await relay(reply, trx);
  }

  async function relay({ id: replyId, sessionId, messageTs }: Waiting, trx: Transaction<Tables>) {
    await enqueue('relay-to-devin', { sessionId }, { trx });
    if (messageTs !== null) await enqueue('mark-taken', { replyId }, { trx });
  }

  /** `editedTs`: the edit that took it back, which a later edit can undo; null: it was deleted. */
  async function drop({ id }: Reply, editedTs: string | null, trx: Transaction<Tables>): Promise<void> {
    const from = ['held', 'accepted', 'failed', 'unknown', 'skipped'] as const;
    const skipped = { editedTs, failure: null };
    if ((await replies.move({ id, from, to: 'skipped', changes: skipped }, trx)) !== null)
      return enqueue('mark-taken', { replyId: id }, { trx });
    // It's on its way to Devin. Should that fail, nothing is left to send again.
    const changes = { text: '', files: [], editedTs } as const;
    await replies.move({ id, from: ['sending'], to: 'sending', changes }, trx);
  }

  /** Replaces a message that waits, for Devin or for its author's decision. False: Devin has it, or it's on its way. */
  async function replace(reply: Reply, { text, editedTs }: Edit, trx: Transaction<Tables>): Promise<boolean> {
    const { id, state } = reply;
    if (!isWaiting(reply)) return false;
    const isUndelivered = state === 'failed' || state === 'unknown';
    const to = state === 'skipped' ? 'accepted' : state;
    const moved = await replies.move({ id, from: [state], to, changes: { text, editedTs } }, trx);
    if (moved !== null && state === 'skipped') await relay(moved, trx);
    // The notice that its author has quotes it as it was.
    if (moved !== null && isUndelivered) await enqueue('tell-reply', { replyId: id }, { trx });
    return moved !== null;
  }

  /** Until there is a session, its request's id is in the place of its own. */
  function rowOf({ request, session }: SteeredThread) {
    const sessionId = session?.sessionId ?? request.id;
    const { teamId } = request;
    return { id: newId(), sessionId, teamId, messageTs: null, kind: 'reply' as const, text: '', files: [] };
  }

  function messageRow({ thread, ts, ...said }: NewThreadReply) {
    const row = { ...rowOf(thread), ...said, messageTs: ts };
    return { ...row, dedupeKey: messageKey({ ...row, ts }) };
  }

  return {
    /** Said outside the thread, which shows it once Devin has it. */
    send: async ({ thread, ...said }: SaidOutside): Promise<void> =>
      commit(async (trx) => write({ ...rowOf(thread), ...said }, trx)),

    accept: async (reply: NewThreadReply): Promise<void> =>
      commit(async (trx) => write(messageRow(reply), trx)),

    /** Keeps a message until its author says that Devin should have it. Returns its id. */
    async hold(reply: NewThreadReply): Promise<string> {
      const row = messageRow(reply);
      const { teamId, channelId, ts } = { ...row, ts: reply.ts };
      return commit(async (trx) => {
        await write({ ...row, state: 'held' }, trx);
        const [held] = await replies.lockMessage({ teamId, channelId, ts }, trx);
        return held?.id ?? row.id;
      });
    },

    /**
     * An edit replaces a waiting message, and corrects one that Devin has. Only its author can do that. `late`: it isn't
     * saved, since Devin may have done the task long ago, and an edit must not wake it.
     */
    async correct(edit: Edit): Promise<'saved' | 'late'> {
      const { thread, userId, channelId, ts, text, editedTs } = edit;
      const { teamId } = thread.request;
      return commit(async (trx) => {
        const said = await replies.lockMessage({ teamId, channelId, ts }, trx);
        const [latest] = said;
        if (latest === undefined ? !edit.isTask : !mayCorrect(edit, said)) return 'saved';
        if (latest !== undefined && (await replace(latest, edit, trx))) return 'saved';
        if (isAtRestSince(latest?.sentAt ?? null, thread)) return 'late';
        const dedupeKey = `correction:${teamId}:${channelId}:${ts}:${editedTs}`;
        const corrected = { userId, channelId, messageTs: ts, text, editedTs, kind: 'correction' } as const;
        await write({ ...rowOf(thread), ...corrected, dedupeKey }, trx);
        return 'saved';
      });
    },

    /** Whose session has a message, or will; null: none. */
    async threadOf(message: MessageRef): Promise<SteeredThread | null> {
      const id = await replies.sessionOf(message);
      return id === null ? null : findSteered(store, id);
    },

    /** Drops a waiting message that was deleted, or edited so that it isn't for Devin, with its corrections. */
    async retract({ editedTs = null, ...message }: Retracted): Promise<void> {
      await commit(async (trx) => {
        for (const reply of await replies.lockMessage(message, trx))
          if (canBeCorrected(reply) && !isOlder(editedTs, reply)) await drop(reply, editedTs, trx);
      });
    },

    /** null: another person wrote it. */
    async findOwn(replyId: string, { teamId, userId }: Person): Promise<Reply | null> {
      const reply = await replies.find(replyId);
      return reply?.userId === userId && reply.teamId === teamId ? reply : null;
    },

    /** Only if it hasn't reached Devin. */
    async sendAgain(reply: Reply): Promise<void> {
      await commit(async (trx) => {
        if (await replies.resend(reply.id, trx)) await relay(reply, trx);
      });
    },
  };
}

/** Not if it was deleted, or written while the thread was muted. What one edit took back, another can restore. */
function canBeCorrected({ state, text, files, editedTs }: Reply): boolean {
  const isDropped = state === 'skipped' || (text === '' && files.length === 0);
  return !(isDropped && editedTs === null);
}

/** `said`: the replies and corrections of this message, latest first. */
function mayCorrect({ userId, text, editedTs }: Edit, said: readonly Reply[]): boolean {
  const [latest] = said;
  if (latest?.userId !== userId || !canBeCorrected(latest) || isOlder(editedTs, latest)) return false;
  // Devin doesn't have what an edit took back.
  return said.find(({ state }) => state !== 'skipped')?.text !== text;
}

/** Whether the session came to rest, or to its end, after it got something. null: its task. */
function isAtRestSince(sentAt: Date | null, { session }: SteeredThread): boolean {
  if (session === null || !(isOver(session) || isResting(session.phase))) return false;
  return (sentAt ?? session.createdAt) <= session.phaseAt;
}

function isWaiting({ state, sentAt }: Reply): boolean {
  return state === 'skipped' ? sentAt === null : state !== 'sending' && state !== 'delivered';
}

/** Slack delivers edits in any order, and some twice. A deletion comes last. */
function isOlder(editedTs: string | null, { editedTs: lastTs }: Reply): boolean {
  return editedTs !== null && lastTs !== null && Number(editedTs) <= Number(lastTs);
}
