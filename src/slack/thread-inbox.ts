import type { Transaction } from 'kysely';
import type { Enqueue } from '../queue/index.ts';
import type { SlackFile } from '../session/context.ts';
import { isOver, isResting } from '../session/lifecycle.ts';
import { isForDevin, ownershipOf, type Mentions } from '../session/preferences.ts';
import { isMessage, type ReplyKind } from '../session/reply.ts';
import type { Commit } from '../store/commit.ts';
import type { Person } from '../store/identities.ts';
import type { NewReply, Replies, Reply } from '../store/replies.ts';
import { messageKey, newId, type MessageRef, type SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';
import type { Tables } from '../store/tables.ts';
import { createListenHere, type ListeningThread } from './places.ts';

/** A message in a session's thread, or one elsewhere (`channelId`) that its author sent to the session. */
type ThreadReply = {
  session: SessionRow;
  userId: string;
  channelId: string;
  ts: string;
  kind: ReplyKind;
  /** Readable, except mentions. */
  text: string;
  files: SlackFile[];
};

type Author = { userId: string; mentions: Mentions };
type SwitchPress = { session: SessionRow; userId: string; kind: ReplyKind; press: string };

/** A message that Devin must not get: an edit took it back (`editedTs`), or it was deleted. */
type Retracted = MessageRef & { editedTs?: string | null };

type Waiting = Pick<Reply, 'id' | 'sessionId' | 'messageTs'>;

/** `isTask`: it edits the message that asked for the session. */
type Edit = Omit<ThreadReply, 'kind' | 'files'> & { editedTs: string; isTask: boolean };

/** `late`: not saved. Devin may have done the task long ago, and an edit must not wake it. */
type Corrected = 'saved' | 'late';

type ThreadInboxDeps = {
  commit: Commit;
  requests: Pick<Requests, 'find' | 'isUnderCard'>;
  settings: Pick<Settings, 'preferencesFor'>;
  sessions: Pick<Sessions, 'find'>;
  replies: Pick<Replies, 'insert' | 'find' | 'sessionOf' | 'isOpening' | 'lockMessage' | 'move' | 'resend'>;
  enqueue: Enqueue;
};

/** `aside`: people talk to each other. `untied`: the thread is disconnected. */
type Reception = 'taken' | 'aside' | 'muted' | 'untied';

export type ThreadInbox = ReturnType<typeof createThreadInbox>;

/** Saves what people say in a session's thread. A job takes it to Devin. */
export function createThreadInbox(deps: ThreadInboxDeps) {
  const { commit, replies, enqueue } = deps;
  const listenHere = createListenHere(deps);

  async function write(reply: NewReply, trx: Transaction<Tables>): Promise<boolean> {
    const isNew = await replies.insert(reply, trx);
    if (isNew) await relay(reply, trx);
    return isNew;
  }

  async function relay({ id: replyId, sessionId, messageTs }: Waiting, trx: Transaction<Tables>) {
    await enqueue('relay-to-devin', { sessionId }, { trx });
    if (messageTs !== null) await enqueue('mark-taken', { replyId }, { trx });
  }

  /** `editedTs`: the edit that took it back, which a later edit can undo; null: it was deleted. */
  async function drop({ id }: Reply, editedTs: string | null, trx: Transaction<Tables>): Promise<void> {
    const from = ['accepted', 'failed', 'unknown', 'skipped'] as const;
    const skipped = { editedTs, failure: null };
    if ((await replies.move({ id, from, to: 'skipped', changes: skipped }, trx)) !== null)
      return enqueue('mark-taken', { replyId: id }, { trx });
    // It's on its way to Devin. Should that fail, nothing is left to send again.
    const changes = { text: '', files: [], editedTs } as const;
    await replies.move({ id, from: ['sending'], to: 'sending', changes }, trx);
  }

  /** Replaces a message that wasn't sent. False: Devin has it, or may have it. */
  async function replace(reply: Reply, { text, editedTs }: Edit, trx: Transaction<Tables>): Promise<boolean> {
    const { id, state } = reply;
    if (!isUnsent(reply)) return false;
    const to = state === 'failed' ? state : 'accepted';
    const moved = await replies.move({ id, from: [state], to, changes: { text, editedTs } }, trx);
    if (moved !== null && state === 'skipped') await relay(moved, trx);
    return moved !== null;
  }

  function rowOf({ session, userId, channelId, ts, text }: Omit<ThreadReply, 'kind' | 'files'>) {
    const { sessionId, teamId } = session;
    return { id: newId(), sessionId, teamId, userId, channelId, messageTs: ts, text };
  }

  async function isHeard(thread: ListeningThread, request: SessionRequest, { userId, mentions }: Author) {
    const isRequester = ownershipOf(request).requester === userId;
    return isForDevin({ ...(await listenHere(thread, request)), isRequester, mentions });
  }

  return {
    /** What happens to a message in its thread that isn't a keyword. The job checks again whether it is muted. */
    async receive(session: SessionRow, author: Author): Promise<Reception> {
      const request = await deps.requests.find(session.requestId);
      if (request === null) return 'aside';
      if (!(await isHeard(session, request, author))) return 'aside';
      const { sessionId, muted, synced } = session;
      if ((!muted && synced) || (await replies.isOpening(sessionId))) return 'taken';
      return synced ? 'muted' : 'untied';
    },

    /** Whether Devin would get a message of this thread if its session had started. */
    wouldReceive: async (thread: Omit<ListeningThread, 'listen'>, request: SessionRequest, author: Author) =>
      isHeard({ ...thread, listen: null }, request, author),

    /** A keyword, by a button. `press` identifies this one press. */
    async press({ session, userId, kind, press }: SwitchPress): Promise<void> {
      const { sessionId, teamId, channelId } = session;
      const row = { id: newId(), sessionId, teamId, userId, channelId, messageTs: null, text: '' };
      await commit(async (trx) => write({ ...row, dedupeKey: `press:${press}`, kind, files: [] }, trx));
    },

    /** Row and job in one transaction. False: this delivery was seen before. */
    async accept({ kind, files, ...reply }: ThreadReply): Promise<boolean> {
      const row = rowOf(reply);
      const dedupeKey = messageKey({ ...row, ts: reply.ts });
      return commit(async (trx) => write({ ...row, dedupeKey, kind, files }, trx));
    },

    /** An edit replaces a waiting message, and corrects one that was sent. Only its author can do that. */
    async correct(edit: Edit): Promise<Corrected> {
      const { ts, editedTs } = edit;
      const row = rowOf(edit);
      const { teamId, channelId } = row;
      return commit(async (trx) => {
        const said = await replies.lockMessage({ teamId, channelId, messageTs: ts }, trx);
        if (!mayCorrect(edit, said)) return 'saved';
        const [reply] = said;
        if (reply !== undefined && (await replace(reply, edit, trx))) return 'saved';
        const dedupeKey = `correction:${teamId}:${channelId}:${ts}:${editedTs}`;
        // To the session that has the message; another may have started in the thread.
        const sessionId = reply?.sessionId ?? row.sessionId;
        const session = await deps.sessions.find(sessionId, trx);
        if (session === null || isTooLate(session, reply)) return 'late';
        await write({ ...row, sessionId, dedupeKey, editedTs, kind: 'correction', files: [] }, trx);
        return 'saved';
      });
    },

    /** The session that its author sent a message to from outside the thread; null: none. */
    async sessionOf(message: MessageRef): Promise<SessionRow | null> {
      const sessionId = await replies.sessionOf(message);
      return sessionId === null ? null : deps.sessions.find(sessionId);
    },

    /** Drops a waiting message that was deleted, or edited so that it isn't for Devin, with its corrections. */
    async retract({ teamId, channelId, ts: messageTs, editedTs = null }: Retracted): Promise<void> {
      await commit(async (trx) => {
        const said = await replies.lockMessage({ teamId, channelId, messageTs }, trx);
        for (const reply of said)
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
function canBeCorrected({ kind, state, text, files, editedTs }: Reply): boolean {
  const isDropped = state === 'skipped' || (text === '' && files.length === 0);
  return isMessage({ kind }) && !(isDropped && editedTs === null);
}

/** `said`: the replies and corrections of this message, latest first. */
function mayCorrect({ userId, text, editedTs, isTask }: Edit, said: readonly Reply[]): boolean {
  const [latest] = said;
  if (latest === undefined) return isTask;
  if (latest.userId !== userId || !canBeCorrected(latest) || isOlder(editedTs, latest)) return false;
  // Devin doesn't have what an edit took back.
  return said.find(({ state }) => state !== 'skipped')?.text !== text;
}

/**
 * The session came to rest after it got the message. If it's over, the job tells the author, except about the task.
 * `reply` undefined: the message is the task.
 */
function isTooLate(session: SessionRow, reply: Reply | undefined): boolean {
  if (isOver(session)) return reply === undefined;
  return isResting(session.phase) && (reply?.sentAt ?? session.createdAt) <= session.phaseAt;
}

function isUnsent({ state, sentAt }: Reply): boolean {
  return state === 'accepted' || state === 'failed' || (state === 'skipped' && sentAt === null);
}

/** Slack delivers edits in any order, and some twice. A deletion comes last. */
function isOlder(editedTs: string | null, { editedTs: lastTs }: Reply): boolean {
  return editedTs !== null && lastTs !== null && Number(editedTs) <= Number(lastTs);
}
