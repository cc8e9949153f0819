import type { Kysely, Transaction } from 'kysely';
import type { Times } from '../times.ts';
import { createAudit, type AuditEndTable, type AuditTable } from './audit.ts';
import type { Database } from './database.ts';
import { createEnvelopes, type Seal } from './envelope.ts';
import { createForms, type FormsTable } from './forms.ts';
import { createIdentities, createKnownPeople, type PeopleTable } from './identities.ts';
import { createLeases, type LeasesTable } from './leases.ts';
import { createLedger, createUsage, type LedgerTable } from './ledger.ts';
import { createListing } from './listing.ts';
import { createEchoes, createReplies, type RepliesTable } from './replies.ts';
import { createRequests, type SessionRequestsTable } from './requests.ts';
import { createPolls, createSessions, type SessionsTable } from './sessions.ts';
import { createSetAside, type SetAsideTable } from './set-aside.ts';
import { createSettings, type SettingsTable } from './settings.ts';
import { createShown, type ShownTable } from './shown.ts';
import type { Clock } from './sql.ts';
import { createThreadMessages, type ThreadMessagesTable } from './thread-messages.ts';
import { createTurns, type PacesTable, type TurnsTable } from './turns.ts';
import { createUnconfirmedCreates, type UnconfirmedCreatesTable } from './unconfirmed-creates.ts';

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
    setAside: createSetAside(db),
    shown: createShown(db),
    unconfirmedCreates: createUnconfirmedCreates(db),
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

/** Every table; each is described in its own file. The database says `team_id`, the code `teamId`. */
export type Tables = {
  audit: AuditTable;
  auditEnd: AuditEndTable;
  forms: FormsTable;
  leases: LeasesTable;
  ledger: LedgerTable;
  paces: PacesTable;
  people: PeopleTable;
  replies: RepliesTable;
  sessionRequests: SessionRequestsTable;
  sessions: SessionsTable;
  setAside: SetAsideTable;
  settings: SettingsTable;
  shown: ShownTable;
  threadMessages: ThreadMessagesTable;
  turns: TurnsTable;
  unconfirmedCreates: UnconfirmedCreatesTable;
};

/** The database, or the transaction that a statement is part of. */
export type Db = Kysely<Tables> | Transaction<Tables>;
