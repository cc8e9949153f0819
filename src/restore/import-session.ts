import type { Transaction } from 'kysely';
import type { Devin } from '../devin/devin.ts';
import { DevinError } from '../devin/errors.ts';
import type { SessionAttachment, SessionMessage } from '../devin/schemas.ts';
import { fileRow, messagePages, messageRow } from '../follow/index.ts';
import type { FindMember } from '../identity/resolve.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import { storedDraftSchema, type StoredDraft } from '../session/fields.ts';
import { devinUserOf, type Identity } from '../session/identity.ts';
import { sessionPhase, STANDING } from '../session/lifecycle.ts';
import { readPrompt } from '../session/prompt.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { appendAudit, type AuditEntry } from '../store/audit.ts';
import type { FoundSession } from '../store/ledger.ts';
import type { NewRequest, RequestChanges, SessionRequest } from '../store/request-row.ts';
import type { SessionChanges } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';

type ImportDeps = {
  store: StoreParts<{
    db: 'transaction';
    requests: 'find' | 'idOf' | 'insert' | 'advance';
    sessions: 'bind' | 'change';
    messages: 'add' | 'addMilestones';
    ledger: 'add';
  }>;
  readHistory: ReadHistory;
  sessionMember: SessionMember;
};

/** All messages so far, oldest first, the cursor to continue from, and the files that Devin made. */
export type History = { messages: SessionMessage[]; cursor: string | null; files: SessionAttachment[] };

export type ReadHistory = (sessionId: string) => Promise<History>;

/** Devin's last page has no cursor: reading continues from the last one that wasn't null. */
export function createReadHistory(devin: Pick<Devin, 'messages' | 'attachments'>): ReadHistory {
  return async (sessionId) => {
    const found: SessionMessage[] = [];
    let cursor: string | null = null;
    for await (const page of messagePages(devin.messages.list, sessionId, {})) {
      found.push(...page.items);
      cursor = page.endCursor ?? cursor;
    }
    const files = await devin.attachments.list(sessionId);
    return { messages: found, cursor, files: files.filter(({ source }) => source === 'devin') };
  };
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
  /** Who it runs as; left out: as Devin says. */
  identity?: Identity | null;
  /** '': there is no thread yet. */
  threadTs: string;
  sessionChanges: SessionChanges;
  /** Messages that its thread has yet to show; all others are never posted. */
  unposted?: ReadonlySet<string>;
  /** Milestones that haven't been announced yet. */
  untold?: readonly string[];
  /** In the same transaction, if the session is new here. */
  enqueueMore?: (trx: Transaction<Tables>) => Promise<void>;
};

export type ImportSession = (existing: ExistingSession) => Promise<SessionRequest | null>;

/** Stores a session that already exists: its request is `created`, and its past isn't announced. */
export function createImportSession({
  store: { db, requests, sessions, messages, ledger },
  readHistory,
  sessionMember,
}: ImportDeps): ImportSession {
  return async (existing) => {
    const { snapshot, identity: known, unposted = new Set<string>(), untold = [] } = existing;
    const { sessionId, url } = snapshot;
    const history = existing.history ?? (await readHistory(sessionId));
    const identity = known === undefined ? await sessionMember(snapshot) : known;
    const request = newRequest(existing, history);
    const id = await db.transaction().execute(async (trx) => {
      const [isNew] = await requests.insert([request], trx);
      if (isNew !== true) return requests.idOf(request.dedupeKey, trx);
      const changes = { sessionId, identity, ...existing.requestChanges };
      await requests.advance({ id: request.id, from: 'accepted', to: 'created', changes }, trx);
      const { id: requestId, teamId, channelId } = request;
      const { threadTs } = existing;
      await sessions.bind({ sessionId, requestId, url, snapshot, teamId, channelId, threadTs }, trx);
      await sessions.change(sessionId, { messagesCursor: history.cursor, ...existing.sessionChanges }, trx);
      const said = history.messages.map((message) =>
        messageRow(message, unposted.has(message.eventId) ? 'pending' : 'skipped'),
      );
      const files = history.files.map((file) => fileRow(file, new Date(), 'skipped'));
      await messages.add(sessionId, [...said, ...files], trx);
      await messages.addMilestones(sessionId, untold, trx);
      // A followed session wasn't started from here.
      if (request.source === 'restored') await ledger.add(foundSession(request, snapshot), trx);
      await existing.enqueueMore?.(trx);
      await appendAudit([importEntry(request, { sessionId, identity })], trx);
      return request.id;
    });
    return requests.find(id);
  };
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

type MemberDeps = { findMember: FindMember; now: () => number };

/** Who a session runs as according to Devin; null: it doesn't say. */
export type SessionMember = (snapshot: SessionSnapshot) => Promise<Identity | null>;

export function createSessionMember({ findMember, now }: MemberDeps): SessionMember {
  return async ({ userId: devinUserId }) => {
    if (devinUserId === null) return null;
    const member = await findMember(devinUserId).catch((error: unknown) => {
      if (error instanceof DevinError) return null;
      throw error;
    });
    if (member === null) return null;
    return { kind: 'matched', devinUserId, name: member.name, how: 'session', checkedAtMs: now() };
  };
}

type Known = Pick<FoundSession, 'requestId' | 'teamId' | 'userId' | 'channelId' | 'cap'>;

/** What a session that the database didn't know has used, according to Devin. */
export function spentOn(snapshot: SessionSnapshot, known: Known): FoundSession {
  const { sessionId, createdAt, acusConsumed: consumed } = snapshot;
  const isOpen = STANDING[sessionPhase(snapshot)] !== 'earlier';
  return { ...known, sessionId, startedAt: new Date(createdAt * 1000), consumed, isOpen };
}
