import type { Transaction } from 'kysely';
import { isTaggedFor, type Adopt } from '../create/index.ts';
import type { SessionAttachment } from '../devin/attachments.ts';
import type { Devin } from '../devin/devin.ts';
import { DevinError, orDevinError } from '../devin/errors.ts';
import type { SessionMessage } from '../devin/sessions.ts';
import { lookupFailure } from '../failures.ts';
import { fileRow, lastWordsOf, messagePages, messageRow } from '../follow/index.ts';
import type { FindMember, ResolveIdentity } from '../identity/resolve.ts';
import { type Queue, Later, type Enqueue, type Jobs } from '../queue/index.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import { storedDraftSchema, type StoredDraft } from '../session/fields.ts';
import { devinUserOf, type Identity } from '../session/identity.ts';
import { sessionPhase, STANDING } from '../session/lifecycle.ts';
import { progress, pullRequestKey } from '../session/milestones.ts';
import { readPrompt } from '../session/prompt.ts';
import { isPending, requestIdOf } from '../session/request.ts';
import { type SessionSnapshot, pullRequestUrls } from '../session/snapshot.ts';
import { unlessRefused } from '../slack/edge/errors.ts';
import { readPermalink } from '../slack/edge/places.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { appendAudit, type AuditEntry } from '../store/audit.ts';
import type { FoundSession } from '../store/ledger.ts';
import type { NewRequest, RequestChanges, SessionRequest } from '../store/requests.ts';
import type { SessionChanges } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { StoreParts, Store, Tables } from '../store/store.ts';
import type { Tuning } from '../times.ts';

/** What it takes to take over sessions that exist already. */
type RestoreContext = {
  store: Store;
  devin: Pick<Devin, 'self' | 'time'> & {
    sessions: Pick<Devin['sessions'], 'get' | 'listAll'>;
    messages: Pick<Devin['messages'], 'list'>;
    attachments: Pick<Devin['attachments'], 'list'>;
  };
  slack: Pick<Slack, 'teamId' | 'readPosted'>;
  resolve: ResolveIdentity;
  findMember: FindMember;
  enqueue: Enqueue;
  adopt: Adopt;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

export type ImportSession = (existing: ExistingSession) => ReturnType<typeof importSession>;

type RestoringContext = Omit<RestoreContext, 'enqueue'> & {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  /** Sessions have the tag of their request; without tags, nothing can be found. */
  tagRequests: boolean;
};

/** Imports existing sessions: followed ones, and those whose database was lost. */
export function createRestoring({ queue, tagRequests, ...rest }: RestoringContext) {
  const c: RestoreContext = { ...rest, enqueue: queue.enqueue };
  queue.work('restore-session', async (lost) => restoreSession(c, lost), { concurrency: 1 });
  return {
    reconcile: async (signal: AbortSignal): Promise<void> => {
      if (tagRequests) await reconcile(c, signal);
    },
    importSession: async (existing: ExistingSession) => importSession(c, existing),
  };
}

/** How old a lost session may be. */
const LOOK_BACK_MS = 7 * 24 * 60 * 60 * 1000;

/** What a thousand people may start in a month. */
const MOST_LISTED = 20_000;

type RestoreSearch = Pick<RestoreContext, 'adopt' | 'enqueue'> & {
  store: StoreParts<{ sessions: 'bound'; requests: 'find'; ledger: 'add' | 'isEmpty' }>;
  devin: Pick<RestoreContext['devin'], 'self' | 'time'> & {
    sessions: Pick<RestoreContext['devin']['sessions'], 'listAll'>;
  };
  slack: Pick<RestoreContext['slack'], 'teamId'>;
  tuning: Pick<RestoreContext['tuning'], 'log'>;
};

/**
 * Finds sessions with our tag that belong to no request here. If the request waits for Devin's answer, the session is
 * bound to it. The others were started with a database that is lost: a job looks for their cards.
 */
export async function reconcile(c: RestoreSearch, signal: AbortSignal): Promise<void> {
  const { sessions, ledger } = c.store;
  const { items, lostSinceS } = await listOwn(c, signal);
  const bound = await sessions.bound(items.map(({ sessionId }) => sessionId));
  const found = { adopted: 0, known: 0, lost: 0 };
  for (const session of items) {
    const { sessionId, createdAt: createdAtS } = session;
    const requestId = requestIdOf(session.tags);
    if (requestId === null || bound.has(sessionId)) continue;
    const matched = await match(c, requestId, session);
    found[matched] += 1;
    if (matched !== 'lost') continue;
    await ledger.add(spentOn(session, { requestId, teamId: c.slack.teamId(), ...UNKNOWN }));
    if (createdAtS >= lostSinceS) await c.enqueue('restore-session', { sessionId, requestId, createdAtS });
  }
  if (found.adopted + found.lost > 0)
    c.tuning.log.info(found, 'Devin has sessions of this app that the database did not know');
}

async function match(
  { store: { requests }, adopt }: RestoreSearch,
  requestId: string,
  session: SessionSnapshot,
): Promise<'adopted' | 'known' | 'lost'> {
  const request = await requests.find(requestId);
  if (request === null) return 'lost';
  if (!isTaggedFor(session, request) || request.state === 'created') return 'known';
  // Whatever its row says, it was sent: a backup was restored.
  await adopt(request, { snapshot: session, asked: isPending(request.state) });
  return 'adopted';
}

/** Their cards say who asked, where, and for how much. */
const UNKNOWN = { userId: null, channelId: null, cap: null };

type TaggedSession = {
  items: SessionSnapshot[];
  /** Older sessions are counted, but their cards aren't searched for. */
  lostSinceS: number;
};

/** Devin doesn't document whether a session that runs as a member names the service user that created it. */
async function listOwn(
  { devin, store, tuning: { log } }: RestoreSearch,
  signal: AbortSignal,
): Promise<TaggedSession> {
  const { serviceUserId: ownId } = await devin.self.get({ signal });
  const time = await devin.time({ signal });
  const lostSinceS = time === null ? 0 : Math.floor((time.getTime() - LOOK_BACK_MS) / 1000);
  // An empty ledger is rebuilt from the whole month.
  const monthS = time === null ? 0 : Math.floor(Date.UTC(time.getUTCFullYear(), time.getUTCMonth()) / 1000);
  const sinceS = (await store.ledger.isEmpty()) ? Math.min(monthS, lostSinceS) : lostSinceS;
  const since = time !== null && { createdAfter: sinceS };
  const listing = { signal, maxItems: MOST_LISTED };
  const items = await devin.sessions.listAll({ origins: ['api'], ...since }, listing);
  if (items.length === MOST_LISTED)
    log.warn(
      { listed: MOST_LISTED },
      'Devin has more sessions than are read; the others are neither restored nor counted in budgets',
    );
  const own = items.filter(({ serviceUserId, parentSessionId }) => {
    const isOwn = serviceUserId === null || ownId === null || serviceUserId === ownId;
    return parentSessionId === null && isOwn;
  });
  return { items: own, lostSinceS };
}

type ImportContext = Pick<RestoreContext, 'store' | 'findMember'> & {
  devin: Pick<RestoreContext['devin'], 'messages' | 'attachments'>;
  tuning: Pick<RestoreContext['tuning'], 'now'>;
};

/** All messages so far, oldest first, the cursor to continue from, and the files that Devin made. */
type History = { messages: SessionMessage[]; cursor: string | null; files: SessionAttachment[] };

/** Devin's last page has no cursor: reading continues from the last one that wasn't null. */
async function readHistory({ devin }: ImportContext, sessionId: string): Promise<History> {
  const found: SessionMessage[] = [];
  let cursor: string | null = null;
  for await (const page of messagePages(devin.messages.list, sessionId, {})) {
    found.push(...page.items);
    cursor = page.endCursor ?? cursor;
  }
  const files = await devin.attachments.list(sessionId);
  return { messages: found, cursor, files: files.filter(({ source }) => source === 'devin') };
}

/** A session at Devin, and what to store for it. */
type ExistingSession = {
  request: Pick<NewRequest, 'id' | 'source' | 'teamId' | 'userId' | 'channelId' | 'threadTs' | 'placeKind'>;
  requestChanges?: RequestChanges;
  /** What is known of how it was started, besides what Devin says. */
  asked?: StoredDraft;
  snapshot: SessionSnapshot;
  /** Left out: it's read. */
  history?: History;
  /** '': there is no thread yet. */
  threadTs: string;
  /** In the same transaction, if the session is new here. */
  enqueueMore?: (trx: Transaction<Tables>) => Promise<void>;
};

/** Stores a session that already exists: its request is `created`, and its past isn't announced. */
export async function importSession(
  c: ImportContext,
  existing: ExistingSession,
): Promise<SessionRequest | null> {
  const { db, requests, sessions, messages, ledger } = c.store;
  const { snapshot, threadTs } = existing;
  const { sessionId, url } = snapshot;
  const history = existing.history ?? (await readHistory(c, sessionId));
  const identity = await sessionMember(c, snapshot);
  const request = newRequest(existing, history);
  const id = await db.transaction().execute(async (trx) => {
    const [isNew] = await requests.insert([request], trx);
    if (isNew !== true) return requests.idOf(request.dedupeKey, trx);
    const changes = { sessionId, identity, ...existing.requestChanges };
    await requests.advance({ id: request.id, from: 'accepted', to: 'created', changes }, trx);
    const { id: requestId, teamId, channelId } = request;
    await sessions.bind({ sessionId, requestId, url, snapshot, teamId, channelId, threadTs }, trx);
    await sessions.change(sessionId, asFound(snapshot, history), trx);
    const said = history.messages.map((message) => messageRow(message, 'skipped'));
    const files = history.files.map((file) => fileRow(file, new Date(), 'skipped'));
    await messages.add(sessionId, [...said, ...files], trx);
    // A followed session wasn't started from here.
    if (request.source === 'restored') await ledger.add(foundSession(request, snapshot), trx);
    await existing.enqueueMore?.(trx);
    await appendAudit([importEntry(request, { sessionId, identity })], trx);
    return request.id;
  });
  return requests.find(id);
}

/** What it has come to is on its card, and isn't announced. */
function asFound(snapshot: SessionSnapshot, { messages, cursor }: History): SessionChanges {
  const before = { told: [], phase: 'working', wasFinished: false, cap: null } as const;
  const { phase, wasFinished } = progress(before, snapshot);
  const told = pullRequestUrls(snapshot).map(pullRequestKey);
  const nextPoll = { inMs: 0, first: true };
  return { phase, wasFinished, told, lastWords: lastWordsOf(messages), messagesCursor: cursor, nextPoll };
}

/** Its key is the same for everyone who imports the session, so that it exists once. */
function newRequest({ request, asked = {}, snapshot }: ExistingSession, history: History): NewRequest {
  return {
    ...request,
    dedupeKey: `follow:${request.teamId}:${snapshot.sessionId}`,
    draft: draftOf(request.id, { snapshot, history }, asked),
    context: null,
    slackFileIds: [],
    sealed: null,
  };
}

type Imported = { sessionId: string; identity: Identity | null };

function importEntry(request: NewRequest, { sessionId, identity }: Imported): AuditEntry {
  const { id: requestId, source, userId, channelId } = request;
  const kind = source === 'follow' ? 'follow' : 'restore';
  const devinUserId = devinUserOf(identity);
  return { kind, userId, devinUserId, channelId, requestId, sessionId, result: 'done' };
}

function foundSession({ id, teamId, userId, channelId, draft }: NewRequest, snapshot: SessionSnapshot) {
  const { max_acu_limit: cap = null } = draft.values;
  return spentOn(snapshot, { requestId: id, teamId, userId, channelId, cap });
}

/** What Devin knows of how the session was started. `more`: what else is known. */
function draftOf(
  requestId: string,
  { snapshot, history }: { snapshot: SessionSnapshot; history: History },
  more: StoredDraft,
): EffectiveDraft {
  const [first] = history.messages;
  const prompt = first?.source === 'user' ? readPrompt(first.message, requestId).task : null;
  const { title, devinMode, playbookId } = snapshot;
  // Devin may return values that our field table doesn't allow: leave them out.
  const known = Object.entries({ prompt, title, devin_mode: devinMode, playbook_id: playbookId, ...more });
  const valid = known.filter(([key, value]) => storedDraftSchema.safeParse({ [key]: value }).success);
  return { values: storedDraftSchema.parse(Object.fromEntries(valid)), sources: {} };
}

/** Who a session runs as according to Devin; null: it doesn't say. */
async function sessionMember(
  { findMember, tuning }: Pick<ImportContext, 'findMember' | 'tuning'>,
  { userId: devinUserId }: SessionSnapshot,
): Promise<Identity | null> {
  const member = devinUserId === null ? null : await orDevinError(findMember(devinUserId));
  if (devinUserId === null || member === null || member instanceof DevinError) return null;
  const checkedAtMs = tuning.now();
  return { kind: 'matched', devinUserId, name: member.name, how: 'session', checkedAtMs };
}

type Known = Pick<FoundSession, 'requestId' | 'teamId' | 'userId' | 'channelId' | 'cap'>;

/** What a session that the database didn't know has used, according to Devin. */
function spentOn(snapshot: SessionSnapshot, known: Known): FoundSession {
  const { sessionId, createdAt, acusConsumed: consumed } = snapshot;
  const isOpen = STANDING[sessionPhase(snapshot)] !== 'earlier';
  return { ...known, sessionId, startedAt: new Date(createdAt * 1000), consumed, isOpen };
}

/** A card can be this much older than its session: a request waits that long for a busy Devin. */
const BEFORE_S = 70 * 60;

type Lost = Jobs['restore-session'];

/** Takes up a session of a lost database in the thread that its prompt names. */
async function restoreSession(c: RestoreContext, lost: Lost): Promise<void> {
  const { sessionId, requestId } = lost;
  try {
    const isKnown = (await c.store.sessions.find(sessionId)) ?? (await c.store.requests.find(requestId));
    if (isKnown !== null || (await restore(c, lost))) return;
  } catch (error) {
    const word = lookupFailure(error);
    if (word instanceof Later) throw word;
  }
  c.tuning.log.warn({ sessionId }, `a session is not followed any more; \`${c.command} follow <id>\` does`);
}

/** false: its card isn't in that thread, or it runs as another person. */
async function restore(c: RestoreContext, lost: Lost): Promise<boolean> {
  const { sessionId, requestId } = lost;
  const [snapshot, history] = [await c.devin.sessions.get(sessionId), await readHistory(c, sessionId)];
  const card = await findCard(c, history, lost);
  if (card === null) return false;
  const { channelId, threadTs, ts, userId, repos, acuLimit } = card;
  const teamId = c.slack.teamId();
  const today = await c.resolve({ teamId, userId });
  const isTheirs = today.kind !== 'refused' && devinUserOf(today) === snapshot.userId;
  // A tag can be copied: a card that doesn't name the session is not its own if it runs as someone else.
  if (!isTheirs && !card.text.includes(sessionId)) return false;
  await importSession(c, {
    request: { id: requestId, source: 'restored', teamId, userId, channelId, threadTs },
    requestChanges: { cardChannelId: channelId, cardTs: ts },
    asked: { ...(repos.length > 0 && { repos }), ...(acuLimit !== null && { max_acu_limit: acuLimit }) },
    snapshot,
    history,
    threadTs,
    enqueueMore: async (trx) => {
      await c.store.shown.posted({ key: cardKey(requestId), channelId, threadTs, ts }, undefined, trx);
      await c.enqueue('show', { key: cardKey(requestId) }, { trx });
    },
  });
  return true;
}

/** The request's card in the thread that the prompt names; null: it isn't there, or doesn't say whose it is. */
async function findCard(
  { slack }: RestoreContext,
  { messages: [first] }: History,
  { requestId, createdAtS }: Lost,
) {
  const { permalink } = first?.source === 'user' ? readPrompt(first.message, requestId) : { permalink: null };
  const place = permalink === null ? null : readPermalink(permalink);
  if (place === null) return null;
  // If the app can't read there, it can't have posted there.
  const read = await unlessRefused(slack.readPosted(place, createdAtS - BEFORE_S));
  for (const { metadata: of, ts, text } of read ?? [])
    if (of.kind === 'card' && of.requestId === requestId && of.requester !== null)
      return { ...place, ...of, userId: of.requester, ts, text };
  return null;
}
