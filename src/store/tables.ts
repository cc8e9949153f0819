import type { Kysely, Transaction } from 'kysely';
import type { AuditEndTable, AuditTable } from './audit.ts';
import type { FormsTable } from './forms.ts';
import type { PeopleTable } from './identities.ts';
import type { LeasesTable } from './leases.ts';
import type { LedgerTable } from './ledger.ts';
import type { RepliesTable } from './replies.ts';
import type { SessionRequestsTable } from './request-row.ts';
import type { SessionsTable } from './sessions.ts';
import type { SetAsideTable } from './set-aside.ts';
import type { SettingsTable } from './settings.ts';
import type { ShownTable } from './shown.ts';
import type { ThreadMessagesTable } from './thread-messages.ts';
import type { PacesTable, TurnsTable } from './turns.ts';
import type { UnconfirmedCreatesTable } from './unconfirmed-creates.ts';

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
