import type { ColumnType, Generated } from 'kysely';
import type { RequestState } from '../session/request.ts';

/** A `jsonb` column: written as text, read as whatever was written, parsed by its schema on the way out. */
type Json = ColumnType<unknown, string | null, string | null>;
type Timestamp = ColumnType<Date, Date, Date>;

export type SessionRequestsTable = {
  id: string;
  /** From Slack: a delivery that comes twice finds this taken and changes nothing. */
  dedupe_key: string;
  state: Generated<RequestState>;
  source: string;
  team_id: string;
  user_id: string;
  channel_id: string;
  thread_ts: string | null;
  draft: Json;
  context: Json;
  slack_file_ids: Json;
  /** Session secrets and the response URL, encrypted; null once the request has ended. */
  sealed: string | null;
  had_secrets: boolean;
  identity: Json;
  card_channel_id: string | null;
  card_ts: string | null;
  /** Set before the card is posted for the first time: with no `card_ts`, Slack's answer was lost. */
  card_attempted_at: Timestamp | null;
  /** Why the card is not where the person asked: Slack's error code. */
  card_elsewhere: string | null;
  /** It shows less than is known: to be drawn again. */
  card_stale: Generated<boolean>;
  prompt: string | null;
  uploads: Json;
  waiting: string | null;
  sent_at: Timestamp | null;
  session_id: string | null;
  failure: Json;
  lease_owner: string | null;
  lease_until: Timestamp | null;
  created_at: Generated<Date>;
  updated_at: ColumnType<Date, Date | undefined, Date>;
};

type SessionsTable = {
  /** Without the `devin-` prefix. */
  session_id: string;
  request_id: string;
  url: string;
  /** Devin's last answer about it. */
  response: Json;
  created_at: Generated<Date>;
  updated_at: ColumnType<Date, Date | undefined, Date>;
};

/** A form that was offered or opened: what it is prefilled with and where it belongs. */
type FormsTable = {
  id: string;
  team_id: string;
  user_id: string;
  channel_id: string;
  thread_ts: string | null;
  draft: Json;
  context: Json;
  /** The response URL, encrypted. */
  sealed: string | null;
  /** "More options" was pressed. */
  expanded: Generated<boolean>;
  /** What was looked up after the form was opened: as whom it runs, how long the thread is. */
  description: Json;
  created_at: Generated<Date>;
};

/** What was found out about a person, kept for a while. */
type IdentitiesTable = {
  team_id: string;
  user_id: string;
  identity: Json;
  checked_at: Timestamp;
};

/** Which Devin member a person is, as an administrator said. */
type IdentityLinksTable = {
  team_id: string;
  user_id: string;
  devin_user_id: string;
  linked_by: string;
  created_at: Generated<Date>;
};

/** Defaults of a workspace, a channel or a person. */
type SettingsTable = {
  team_id: string;
  scope: string;
  scope_id: string;
  draft: Json;
  updated_by: string;
  updated_at: ColumnType<Date, Date | undefined, Date>;
};

export type Tables = {
  session_requests: SessionRequestsTable;
  sessions: SessionsTable;
  forms: FormsTable;
  identities: IdentitiesTable;
  identity_links: IdentityLinksTable;
  settings: SettingsTable;
};
