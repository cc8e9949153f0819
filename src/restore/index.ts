import { adopt, isTaggedFor, type MoveContext, unboundOf } from '../create/index.ts';
import type { SessionAttachment } from '../devin/attachments.ts';
import type { Devin } from '../devin/devin.ts';
import { DevinError, orDevinError } from '../devin/errors.ts';
import type { SessionMessage } from '../devin/sessions.ts';
import { lookupFailure } from '../failures.ts';
import { fileRow, lastWordsOf, messagePages, messageRow } from '../follow/index.ts';
import type { FindMember } from '../identity/resolve.ts';
import { Later } from '../queue/index.ts';
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
import { appendAudit } from '../store/audit.ts';
import type { FoundSession } from '../store/ledger.ts';
import type { NewRequest, RequestChanges, SessionRequest } from '../store/requests.ts';
import type { SessionChanges } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import { sleep } from '../time.ts';

type RestoreContext = ImportContext & {
  devin: Pick<Devin, 'self'> & { sessions: Pick<Devin['sessions'], 'listAll'> };
  slack: Pick<Slack, 'teamId' | 'readPosted'>;
  /** Sessions have the tag of their request; without tags, nothing can be found. */
  tagRequests: boolean;
  command: string;
};

/** How old a lost session may be. */
const LOOK_BACK_MS = 7 * 24 * 60 * 60 * 1000;
/** What a thousand people may start in a month. */
const MOST_LISTED = 20_000;
/** If Slack or Devin is busy and doesn't say for how long. */
const RETRY_MS = 60_000;

/** Takes up the sessions of a lost database, each in the thread that its prompt names. Ends with all of them, or at the signal. */
export async function restoreLost(c: RestoreContext, signal: AbortSignal): Promise<void> {
  const left = c.tagRequests ? await lookForLost(c, signal) : [];
  for (const lost of left) {
    if (signal.aborted) return;
    const later = await restore(c, lost);
    if (later === null) continue;
    // After the others: what Devin or Slack doesn't answer may be about this one only.
    left.push(lost);
    await sleep(later.afterMs ?? RETRY_MS, signal);
  }
}

async function lookForLost(c: RestoreContext, signal: AbortSignal): Promise<Lost[]> {
  while (!signal.aborted) {
    try {
      return await findLost(c, signal);
    } catch (error) {
      if (!signal.aborted)
        c.tuning.log.warn({ err: error }, 'looking for lost sessions failed; it will be retried');
      await sleep(RETRY_MS, signal);
    }
  }
  return [];
}

/** A session of this app whose request the database doesn't know. */
export type Lost = { snapshot: SessionSnapshot; requestId: string };

/**
 * Finds sessions with our tag that belong to no request here. If the request waits for Devin's answer, the session is
 * bound to it. The others were started with a database that is lost, and count for the budgets.
 */
export async function findLost(
  c: MoveContext & Pick<RestoreContext, 'devin' | 'slack' | 'tuning'>,
  signal: AbortSignal,
): Promise<Lost[]> {
  const { requests, ledger } = c.store;
  const sinceS = seconds(c.tuning.now() - LOOK_BACK_MS);
  const lost: Lost[] = [];
  for (const snapshot of await unboundOf(c, await listOwn(c, sinceS, signal))) {
    const requestId = requestIdOf(snapshot.tags);
    if (requestId === null) continue;
    const request = await requests.find(requestId);
    if (request === null) {
      await ledger.add(spentOn(snapshot, { requestId, teamId: c.slack.teamId(), ...UNKNOWN }));
      // Older sessions are counted, but their cards aren't searched for.
      if (snapshot.createdAt >= sinceS) lost.push({ snapshot, requestId });
    } else if (isTaggedFor(snapshot, request) && request.state !== 'created')
      // Whatever its row says, it was sent: a backup was restored.
      await adopt(c, request, { snapshot, asked: isPending(request.state) });
  }
  if (lost.length > 0)
    c.tuning.log.info({ lost: lost.length }, 'Devin has sessions of this app that the database did not know');
  return lost;
}

/** Their cards say who asked, where, and for how much. */
const UNKNOWN = { userId: null, channelId: null, cap: null };

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Devin doesn't document whether a session that runs as a member names the service user that created it. */
async function listOwn(
  { devin, store, tuning: { log, now } }: Pick<RestoreContext, 'devin' | 'store' | 'tuning'>,
  sinceS: number,
  signal: AbortSignal,
): Promise<SessionSnapshot[]> {
  const { serviceUserId: ownId } = await devin.self.get({ signal });
  const today = new Date(now());
  const monthS = seconds(Date.UTC(today.getUTCFullYear(), today.getUTCMonth()));
  // An empty ledger is rebuilt from the whole month.
  const createdAfter = (await store.ledger.isEmpty()) ? Math.min(monthS, sinceS) : sinceS;
  const listing = { signal, maxItems: MOST_LISTED };
  const items = await devin.sessions.listAll({ origins: ['api'], createdAfter }, listing);
  if (items.length === MOST_LISTED)
    log.warn(
      { listed: MOST_LISTED },
      'Devin has more sessions than are read; the others are neither restored nor counted in budgets',
    );
  return items.filter(({ serviceUserId: by }) => by === null || ownId === null || by === ownId);
}

type ImportContext = MoveContext & {
  devin: { messages: Pick<Devin['messages'], 'list'>; attachments: Pick<Devin['attachments'], 'list'> };
  findMember: FindMember;
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

/** A session at Devin, and what to store for it. `threadTs`: null: there is no thread yet. */
type ExistingSession = {
  request: Pick<NewRequest, 'id' | 'teamId' | 'userId' | 'channelId' | 'threadTs' | 'placeKind'>;
  snapshot: SessionSnapshot;
  requestChanges?: RequestChanges;
  /** The card of a session that is restored, and what that says of how it was started; left out: somebody follows it. */
  card?: { ts: string; asked: StoredDraft };
  /** Left out: it's read. */
  history?: History;
};

/** Stores a session that already exists: its request is `created`, and its past isn't announced. */
export async function importSession(
  c: ImportContext,
  { request: asked, snapshot, requestChanges, card, ...read }: ExistingSession,
): Promise<SessionRequest | null> {
  const { db, requests, sessions, messages, ledger, shown } = c.store;
  const { sessionId } = snapshot;
  const { id: requestId, teamId, userId, channelId, threadTs } = asked;
  const history = read.history ?? (await readHistory(c, sessionId));
  const identity = await sessionMember(c, snapshot);
  const devinUserId = devinUserOf(identity);
  const draft = draftOf(requestId, { snapshot, history }, card?.asked);
  const request: NewRequest = {
    ...asked,
    source: card === undefined ? 'follow' : 'restored',
    // The same for everyone who imports the session, so that it exists once.
    dedupeKey: `follow:${teamId}:${sessionId}`,
    draft,
    context: null,
    slackFileIds: [],
    sealed: null,
  };
  const id = await db.transaction().execute(async (trx) => {
    const [isNew] = await requests.insert([request], trx);
    if (isNew !== true) return requests.idOf(request.dedupeKey, trx);
    const place = card && { cardChannelId: channelId, cardTs: card.ts };
    const changes = { sessionId, identity, ...requestChanges, ...place };
    await requests.advance({ id: requestId, from: 'accepted', to: 'created', changes }, trx);
    const thread = { teamId, channelId, threadTs: threadTs ?? '' };
    await sessions.bind({ sessionId, requestId, snapshot, ...thread }, trx);
    await sessions.change(sessionId, asFound(snapshot, history), trx);
    const said = history.messages.map((message) => messageRow(message, 'skipped'));
    const files = history.files.map((file) => fileRow(file, new Date(), 'skipped'));
    await messages.add(sessionId, [...said, ...files], trx);
    const entry = { userId, devinUserId, channelId, requestId, sessionId, result: 'done' };
    await appendAudit([{ ...entry, kind: card === undefined ? 'follow' : 'restore' }], trx);
    if (card === undefined) return requestId;
    const { max_acu_limit: cap = null } = draft.values;
    await ledger.add(spentOn(snapshot, { requestId, teamId, userId, channelId, cap }), trx);
    const key = cardKey(requestId);
    await shown.posted({ key, channelId, threadTs, ts: card.ts }, undefined, trx);
    await c.enqueue('show', { key }, { trx });
    return requestId;
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

/** What Devin knows of how the session was started. `more`: what else is known. */
function draftOf(
  requestId: string,
  { snapshot, history }: { snapshot: SessionSnapshot; history: History },
  more: StoredDraft = {},
): EffectiveDraft {
  const prompt = promptIn(history, requestId)?.task ?? null;
  const { title, devinMode, playbookId } = snapshot;
  // Devin may return values that our field table doesn't allow: leave them out.
  const known = Object.entries({ prompt, title, devin_mode: devinMode, playbook_id: playbookId, ...more });
  const valid = known.filter(([key, value]) => storedDraftSchema.safeParse({ [key]: value }).success);
  return { values: storedDraftSchema.parse(Object.fromEntries(valid)), sources: {} };
}

function promptIn({ messages: [first] }: History, requestId: string) {
  return first?.source === 'user' ? readPrompt(first.message, requestId) : null;
}

/** Who a session runs as according to Devin; null: it doesn't say. */
async function sessionMember(
  { findMember, tuning }: Pick<ImportContext, 'findMember' | 'tuning'>,
  { userId: devinUserId }: SessionSnapshot,
): Promise<Identity | null> {
  if (devinUserId === null) return null;
  const member = await orDevinError(findMember(devinUserId));
  if (member === null || member instanceof DevinError) return null;
  const checkedAtMs = tuning.now();
  return { kind: 'matched', devinUserId, name: member.name, how: 'session', checkedAtMs };
}

/** What a session that the database didn't know has used, according to Devin. */
function spentOn(
  snapshot: SessionSnapshot,
  known: Pick<FoundSession, 'requestId' | 'teamId' | 'userId' | 'channelId' | 'cap'>,
): FoundSession {
  const { sessionId, createdAt, acusConsumed: consumed } = snapshot;
  const isOpen = STANDING[sessionPhase(snapshot)] !== 'earlier';
  return { ...known, sessionId, startedAt: new Date(createdAt * 1000), consumed, isOpen };
}

/** A card can be this much older than its session: a request waits that long for a busy Devin. */
const BEFORE_S = 70 * 60;

/** Takes up a session in the thread that its prompt names. Returns a Later if it should be tried again. */
async function restore(c: RestoreContext, lost: Lost): Promise<Later | null> {
  const { sessionId } = lost.snapshot;
  const { log } = c.tuning;
  const restored = await takeUp(c, lost)
    .catch(lookupFailure)
    // What nobody has foreseen must not hold up the others.
    .catch((error: unknown) => log.error({ err: error, sessionId }, 'a session could not be restored'));
  if (restored instanceof Later) return restored;
  if (restored !== true)
    log.warn({ sessionId }, `a session is not followed any more; \`${c.command} follow <id>\` does`);
  return null;
}

/** False: its card isn't in that thread. */
async function takeUp(c: RestoreContext, { snapshot, requestId }: Lost): Promise<boolean> {
  const { sessionId, createdAt } = snapshot;
  const history = await readHistory(c, sessionId);
  const permalink = promptIn(history, requestId)?.permalink ?? null;
  const place = permalink === null ? null : readPermalink(permalink);
  if (place === null) return false;
  // If the app can't read there, it can't have posted there.
  const posted = (await unlessRefused(c.slack.readPosted(place, createdAt - BEFORE_S))) ?? [];
  const cards = posted.flatMap(({ metadata, ...one }) =>
    metadata.kind === 'card' ? [{ ...one, ...metadata }] : [],
  );
  // A tag can be copied: only the session that its card names is its own.
  const card = cards.find((one) => one.requestId === requestId && one.text.includes(sessionId));
  if (card === undefined || card.requester === null) return false;
  const { ts, requester: userId, repos, acuLimit } = card;
  const teamId = c.slack.teamId();
  const request = { id: requestId, teamId, userId, ...place };
  const asked = {
    ...(repos.length > 0 && { repos }),
    ...(acuLimit !== null && { max_acu_limit: acuLimit }),
  };
  await importSession(c, { request, snapshot, card: { ts, asked }, history });
  return true;
}
