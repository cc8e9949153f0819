import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { ReplyState } from '../session/reply.ts';
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
  /** What sort of conversation it is: public, private or direct; null: not known. */
  place_kind: string | null;
  draft: Json;
  context: Json;
  slack_file_ids: Json;
  /** Session secrets and the response URL, encrypted; null once the request has ended. */
  sealed: string | null;
  had_secrets: boolean;
  /** What session secrets are called; their values are in `sealed` only. */
  secret_names: ColumnType<unknown, string | null | undefined, never>;
  identity: Json;
  card_channel_id: string | null;
  card_ts: string | null;
  /** Set before the card is posted for the first time: with no `card_ts`, Slack's answer was lost. */
  card_attempted_at: Timestamp | null;
  /** Why the card is not where the person asked: Slack's error code. */
  card_elsewhere: string | null;
  /** It shows less than is known, and is in the line for its turn. */
  card_stale: Generated<boolean>;
  /** In the line: what is served first; see store/cards.ts. */
  card_class: Generated<number>;
  /** In the line: its turn is not before. null: what it is to show is not known yet. */
  card_due_at: Timestamp | null;
  /** Its first edit was counted when it was posted. */
  card_prepaid: Generated<boolean>;
  /** The stage and a fingerprint of what it shows; null: there is no card yet. */
  card_shown: string | null;
  prompt: string | null;
  uploads: Json;
  waiting: string | null;
  sent_at: Timestamp | null;
  session_id: string | null;
  failure: Json;
  lease_owner: string | null;
  lease_until: Timestamp | null;
  /** When a person last restarted it after it had ended. */
  resumed_at: Timestamp | null;
  /** When a person last had it looked for in vain. */
  checked_at: Timestamp | null;
  /** When its text was removed, since it was old. */
  text_removed_at: Timestamp | null;
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
  team_id: string;
  /** The thread in which it is followed and steered: the card's, or the one under the card. */
  channel_id: string;
  thread_ts: string;
  phase: Generated<string>;
  /** When it came into this phase. */
  phase_at: Generated<Date>;
  was_finished: Generated<boolean>;
  /** The last thing Devin said, short. */
  last_words: string | null;
  /** When something shown changed last; the watcher looks more often at what moves. */
  changed_at: Generated<Date>;
  /** null: never again, it is over. */
  next_look_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** It is looked at before those that rest. */
  watch_first: Generated<boolean>;
  /** When someone did something with it that Devin's answers do not show. */
  touched_at: Timestamp | null;
  /** When its text was removed, since it was old. */
  text_removed_at: Timestamp | null;
  /** The last cursor of its messages that was not null. */
  messages_cursor: string | null;
  /** The thread's messages are not taken to Devin. */
  muted: Generated<boolean>;
  /** Slack user id. */
  muted_by: string | null;
  /** Which of the thread's messages go to Devin: see session/listening.ts. null: as is preferred in the channel. */
  listen: string | null;
  /** Messages go both ways; off after "unsync". */
  synced: Generated<boolean>;
  /** Slack's code if the thread accepts no messages now; null: it does. */
  thread_trouble: string | null;
  /** Where the person wants to be told: thread, dm or card. null: as their preferences say. */
  notify: string | null;
  /** What was told already, so that nothing is told twice. */
  told: Json;
  /** Who stopped and who archived it from here: Slack user ids. */
  stopped_by: string | null;
  archived_by: string | null;
  created_at: Generated<Date>;
  updated_at: ColumnType<Date, Date | undefined, Date>;
};

/** A message of a session, or a file that Devin made, on its way to the thread. */
type SessionMessagesTable = {
  session_id: string;
  event_id: string;
  /** Devin's order. */
  seq: Generated<string>;
  source: string;
  text: string;
  state: Generated<'pending' | 'posted' | 'skipped' | 'left-out'>;
  /** Set before it is posted for the first time: with no `slack_ts`, Slack's answer was lost. */
  attempted_at: Timestamp | null;
  slack_ts: string | null;
  /** A file of it that Slack has, though perhaps not yet in the thread. */
  slack_file_id: string | null;
  said_at: Timestamp;
};

/** What a person said, on its way from Slack to Devin. */
type RepliesTable = {
  id: string;
  /** From Slack: a delivery that comes twice finds this taken and changes nothing. */
  dedupe_key: string;
  session_id: string;
  team_id: string;
  user_id: string;
  channel_id: string | null;
  /** The message in the thread; null for a reply from a box or a command. */
  message_ts: string | null;
  /** When it was edited, by Slack's time, where it says what an edit made of it. */
  edited_ts: string | null;
  /** By a box or a command; null: in the thread. */
  via: string | null;
  kind: string;
  text: string;
  files: Json;
  state: Generated<ReplyState>;
  failure: Json;
  sent_at: Timestamp | null;
  /** Devin was busy: it is not asked again between these two. */
  waits_since: Timestamp | null;
  not_before: Timestamp | null;
  /** What was sent to Devin, word for word, by which it is known again. */
  sent_text: string | null;
  /** The message it became at Devin, where that was seen. */
  event_id: string | null;
  created_at: ColumnType<Date, Date | undefined, Date>;
};

/** Something worth a message that a session came to, once each. */
type MilestonesTable = {
  session_id: string;
  /** What it is; see session/milestones.ts. */
  key: string;
  seq: Generated<string>;
  state: Generated<'pending' | 'posted' | 'skipped'>;
  /** The thread could not take it: it goes to the person. */
  direct: Generated<boolean>;
  /** Set before it is posted for the first time: while pending, Slack's answer was lost. */
  attempted_at: Timestamp | null;
  /** The message of Devin that a call is about; null: it is no call, or nothing was said. */
  event_id: string | null;
  /** The call is part of that message. */
  in_message: Generated<boolean>;
  /** Where a message of its own was posted. */
  channel_id: string | null;
  slack_ts: string | null;
  /** The call says who answered. */
  answered: Generated<boolean>;
  created_at: Generated<Date>;
};

/** When the next edit of a card may be made in a workspace; `paused_until`: Slack takes none before. */
type EditBudgetsTable = { team_id: string; next_at: Timestamp; paused_until: Timestamp | null };

/** A channel that takes no more messages for now. */
type PostPausesTable = { channel_id: string; until: Timestamp };

/** A private notice that a person gets once in a thread. */
type ThreadNoticesTable = { session_id: string; user_id: string; reason: string };

/** What failed again and again; see store/set-aside.ts. */
type SetAsideTable = {
  kind: string;
  id: string;
  failures: Generated<number>;
  reason: string;
  failed_at: Generated<Date>;
};

/** Which of several replicas does something that only one may do. */
type LeasesTable = {
  name: string;
  owner: string;
  /** Rises with each lease that is taken, so that one that was lost is never taken for the present one. */
  number: ColumnType<string, unknown, unknown>;
  until: Timestamp;
};

/** A message to Slack, from the first attempt to post it; kept for a day after that. */
type PostsTable = {
  key: string;
  channel_id: string;
  thread_ts: string | null;
  /** When it was attempted first and last, by Slack's clock; null: that is not known. */
  first_ts: string | null;
  last_ts: string | null;
  /** Slack has it. null: Slack's answer was lost, or has not come yet. */
  posted_ts: string | null;
  at: Generated<Date>;
};

/** A creation that left and was not answered, and whose session was not found: it may turn up yet. */
type LostAnswersTable = {
  request_id: string;
  sent_at: Timestamp;
  /** When it was given up. */
  lost_at: Timestamp;
  next_look_at: Timestamp;
};

/** A form that was offered or opened: what it is prefilled with and where it belongs. */
type FormsTable = {
  id: string;
  team_id: string;
  user_id: string;
  channel_id: string;
  thread_ts: string | null;
  /** As in a request. */
  place_kind: string | null;
  draft: Json;
  context: Json;
  /** The response URL, encrypted. */
  sealed: string | null;
  /** Names of session secrets that were not kept; null: there were none. */
  lost_secrets: ColumnType<unknown, string | null | undefined, never>;
  /** What was refused, by field. */
  faults: ColumnType<unknown, string | null | undefined, never>;
  /** Names of session secrets that were entered one by one. */
  secret_names: ColumnType<unknown, string | null | undefined, string | null>;
  /** Messages and files of the thread that are not to be sent. */
  without: ColumnType<unknown, string | null | undefined, string | null>;
  /** "More options" was pressed. */
  expanded: Generated<boolean>;
  /** What was looked up after the form was opened: who it runs as, how long the thread is. */
  description: Json;
  created_at: Generated<Date>;
};

/** What Slack said of a person lately. */
type KnownPeopleTable = {
  team_id: string;
  user_id: string;
  /** null: the person has changed since Slack was asked. */
  person: Json;
  checked_at: Timestamp;
};

/** What was found out about a person in Devin, kept for a while. */
type IdentitiesTable = {
  team_id: string;
  user_id: string;
  /** By which it was looked for; null: by a link, or there was none. */
  address: string | null;
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
  /** Who may steer, where to be told; see session/preferences.ts. */
  preferences: Json;
  updated_by: string;
  updated_at: ColumnType<Date, Date | undefined, Date>;
};

/** Channels the app was invited to. */
type GreetingsTable = {
  team_id: string;
  channel_id: string;
  invited_at: Generated<Date>;
  greeted_at: Generated<Date | null>;
};

/** A person's App Home. */
type HomesTable = {
  team_id: string;
  user_id: string;
  /** Their conversation with the app. */
  channel_id: string;
  opened_at: Timestamp;
};

export type Tables = {
  session_requests: SessionRequestsTable;
  sessions: SessionsTable;
  session_messages: SessionMessagesTable;
  replies: RepliesTable;
  set_aside: SetAsideTable;
  leases: LeasesTable;
  posts: PostsTable;
  thread_notices: ThreadNoticesTable;
  lost_answers: LostAnswersTable;
  milestones: MilestonesTable;
  edit_budgets: EditBudgetsTable;
  post_pauses: PostPausesTable;
  forms: FormsTable;
  known_people: KnownPeopleTable;
  identities: IdentitiesTable;
  identity_links: IdentityLinksTable;
  settings: SettingsTable;
  homes: HomesTable;
  greetings: GreetingsTable;
};

/** The database, or the transaction that a statement is part of. */
export type Db = Kysely<Tables> | Transaction<Tables>;
