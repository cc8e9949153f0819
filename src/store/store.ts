import type { Kysely, Transaction } from 'kysely';
import type { StoredDraft } from '../session/fields.ts';
import type { Preferences } from '../session/preferences.ts';
import type { Times } from '../times.ts';
import { createAudit, type AuditRow } from './audit.ts';
import type { Database } from './database.ts';
import { createEnvelopes, type Seal } from './envelope.ts';
import { createForms, type Form } from './forms.ts';
import { createIdentities, createKnownPeople, type PersonRow } from './identities.ts';
import { createLeases } from './leases.ts';
import { createLedger, createUsage, type LedgerRow } from './ledger.ts';
import { createListing } from './listing.ts';
import { createEchoes, createReplies, type NewReply, type Reply } from './replies.ts';
import { createRequests, type SessionRequest } from './requests.ts';
import { createPolls, createSessions, type SessionColumns } from './sessions.ts';
import { createSettings, type SettingKey } from './settings.ts';
import { createShown, type ShownRow } from './shown.ts';
import type { Clock, Columns } from './sql.ts';
import { createThreadMessages, type MessageState, type ThreadMessage } from './thread-messages.ts';
import { createTurns } from './turns.ts';

export type Store = ReturnType<typeof createStore>;

/** Of some parts of the store, only what is used: `StoreParts<{ requests: 'find' | 'lock' }>`. */
export type StoreParts<Used extends { [Part in keyof Store]?: keyof Store[Part] }> = {
  [Part in keyof Store & keyof Used]: Pick<Store[Part], Used[Part] & keyof Store[Part]>;
};

type StoreOptions = { editBudget: Times['editBudget']; clock: Clock };

export function createStore(db: Database['db'], seal: Seal, { editBudget, clock }: StoreOptions) {
  return {
    db,
    audit: createAudit(db),
    envelopes: createEnvelopes(seal),
    requests: createRequests(db, clock),
    sessions: createSessions(db),
    polls: createPolls(db),
    leases: createLeases(db),
    ledger: createLedger(db, clock),
    shown: createShown(db),
    forms: createForms(db),
    identities: createIdentities(db),
    knownPeople: createKnownPeople(db),
    listing: createListing(db),
    replies: createReplies(db),
    echoes: createEchoes(db),
    messages: createThreadMessages(db),
    turns: createTurns(db, editBudget, clock),
    usage: createUsage(db),
    settings: createSettings(db),
  };
}

type TextRemoved = {
  /** When its text was removed because of its age. */
  textRemovedAt: Date | null;
};

/** Every table; most are described in files of their own. The database says `team_id`, the code `teamId`. */
export type Tables = {
  audit: Columns<AuditRow>;
  /** One row, the last entry: if that is deleted from the audit, this still names it. */
  auditEnd: Columns<{ isOnly: boolean } & Pick<AuditRow, 'seq' | 'hash'>>;
  forms: Columns<Form & { createdAt: Date }>;
  /** What only one process may do at a time, and until when one does it. No two leases ever have the same `number`. */
  leases: Columns<{ name: string; number: string; until: Date }>;
  ledger: Columns<LedgerRow>;
  /** When the next write to Slack can be made, by workspace or channel. A channel has a row once Slack was too busy there. */
  paces: Columns<{ place: string; nextAt: Date }>;
  people: Columns<PersonRow>;
  replies: Columns<Reply & Pick<NewReply, 'dedupeKey'>>;
  /** `twinKey`: of what was asked for, and where; null: its text was removed. */
  sessionRequests: Columns<SessionRequest & TextRemoved & { twinKey: string | null }>;
  /** `watchFirst`: it is polled before those at rest. `unreadableAt`: when its row was last found to be unreadable. */
  sessions: Columns<SessionColumns & TextRemoved & { watchFirst: boolean; unreadableAt: Date | null }>;
  settings: Columns<SettingKey & { draft: StoredDraft | null; preferences: Preferences | null }>;
  /** `at`: when it was last attempted. What no job shows again has no fingerprint, and is kept for a day after. */
  shown: Columns<ShownRow & { at: Date }>;
  /** `seq`: the order in the thread. `failures`: how often posting it failed. */
  threadMessages: Columns<
    Omit<ThreadMessage, 'ageMs'> & { seq: string; state: MessageState; failures: number }
  >;
  /** Writes to Slack that wait: since when, in epoch ms, and when each asks again. */
  turns: Columns<{ place: string; key: string; rank: number; since: number; againAt: Date }>;
};

/** The database, or the transaction that a statement is part of. */
export type Db = Kysely<Tables> | Transaction<Tables>;
