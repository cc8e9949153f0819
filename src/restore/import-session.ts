import type { Kysely, Transaction } from 'kysely';
import type { SessionMessage, SessionResponse } from '../devin/schemas.ts';
import { appendAudit } from '../store/audit.ts';
import type { AuditEntry } from '../store/audit.ts';
import { devinUserOf } from '../store/audit-entries.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Milestones } from '../store/milestones.ts';
import type { NewRequest, RequestChanges, SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { NewMessage, SessionMessages } from '../store/session-messages.ts';
import type { SessionChanges, Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import { fileRow } from '../follow/index.ts';
import type { History } from './read-history.ts';
import { spentOn } from './spent-on.ts';

type ImportDeps = {
  db: Kysely<Tables>;
  requests: Pick<Requests, 'find' | 'idOf' | 'insert' | 'advance'>;
  sessions: Pick<Sessions, 'bind' | 'change'>;
  messages: Pick<SessionMessages, 'add'>;
  milestones: Pick<Milestones, 'add'>;
  ledger: Pick<Ledger, 'add'>;
};

/** A session at Devin, and what its rows will have. */
type ExistingSession = {
  request: NewRequest;
  requestChanges?: RequestChanges;
  response: SessionResponse;
  history: History;
  /** '' while there is no thread yet. */
  threadTs: string;
  sessionChanges: SessionChanges;
  /** Events that its thread has yet to show; what else was said is known, and never posted. */
  unposted?: ReadonlySet<string>;
  /** Milestones that nobody was told of yet. */
  untold?: readonly string[];
  /** In the same transaction, if it is new. */
  enqueueMore?: (trx: Transaction<Tables>) => Promise<void>;
};

export type ImportSession = (existing: ExistingSession) => Promise<SessionRequest | null>;

/** The same key for everyone who brings the session in, so that it exists once. */
export function importedKey(teamId: string, sessionId: string): string {
  return `follow:${teamId}:${sessionId}`;
}

/** Makes the rows of a session that already exists: its request is `created`, and its past is not announced. */
export function createImportSession({
  db,
  requests,
  sessions,
  messages,
  milestones,
  ledger,
}: ImportDeps): ImportSession {
  return async (existing) => {
    const { request, response, history, unposted, untold = [] } = existing;
    const { session_id: sessionId, url } = response;
    const id = await db.transaction().execute(async (trx) => {
      const [isNew] = await requests.insert([request], trx);
      if (isNew !== true) return requests.idOf(request.dedupeKey, trx);
      const changes = { sessionId, ...existing.requestChanges };
      await requests.advance({ id: request.id, from: 'accepted', to: 'created', changes }, trx);
      const { teamId, channelId } = request;
      const { threadTs } = existing;
      await sessions.bind(
        { sessionId, requestId: request.id, url, response, teamId, channelId, threadTs },
        trx,
      );
      await sessions.change(sessionId, existing.sessionChanges, trx);
      const said = history.messages.map((message) => toRow(message, unposted));
      const files = history.files.map((file) => fileRow(file, new Date(), 'skipped'));
      await messages.add(sessionId, [...said, ...files], trx);
      await milestones.add(sessionId, untold, trx);
      // One that is followed was not started from here.
      if (request.source === 'restored') await ledger.add(foundSession(request, response), trx);
      await existing.enqueueMore?.(trx);
      await appendAudit([importEntry(existing)], trx);
      return request.id;
    });
    return requests.find(id);
  };
}

function importEntry({ request, requestChanges, response }: ExistingSession): AuditEntry {
  const { id: requestId, source, userId, channelId } = request;
  return {
    kind: source === 'follow' ? 'follow' : 'restore',
    userId,
    devinUserId: devinUserOf(requestChanges?.identity),
    channelId,
    requestId,
    sessionId: response.session_id,
    result: 'done',
  };
}

function foundSession({ id, teamId, userId, channelId, draft }: NewRequest, response: SessionResponse) {
  const { max_acu_limit: cap = null } = draft.values;
  return spentOn(response, { requestId: id, teamId, userId, channelId, cap });
}

function toRow(
  { event_id: eventId, source, message: text, created_at: saidAtS }: SessionMessage,
  unposted: ReadonlySet<string> | undefined,
): NewMessage {
  const state = unposted?.has(eventId) === true ? 'pending' : 'skipped';
  return { eventId, source, text, state, saidAt: new Date(saidAtS * 1000) };
}
