import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { ReplyState } from '../session/reply.ts';
import type { RequestState } from '../session/request.ts';

/** A `jsonb` column: written as text, read as whatever was written, parsed by its schema on the way out. */
type Json = ColumnType<unknown, string | null, string | null>;
/** The same, with a default. */
type GeneratedJson = ColumnType<unknown, string | undefined, string>;
type Timestamp = ColumnType<Date, Date, Date>;

export type SessionRequestsTable = {
  id: string;
  /** From Slack: a delivery that comes twice finds this taken and changes nothing. */
  dedupeKey: string;
  state: Generated<RequestState>;
  source: string;
  teamId: string;
  userId: string;
  channelId: string;
  threadTs: string | null;
  /** What sort of conversation it is: public, private or direct; null: not known. */
  placeKind: string | null;
  draft: Json;
  context: Json;
  slackFileIds: Json;
  /** Session secrets and the response URL, encrypted; null once the request has ended. */
  sealed: string | null;
  hadSecrets: boolean;
  /** What session secrets are called; their values are in `sealed` only. */
  secretNames: ColumnType<unknown, string | null | undefined, never>;
  identity: Json;
  cardChannelId: string | null;
  cardTs: string | null;
  /** Why the card is not where the person asked: Slack's error code. */
  cardElsewhere: string | null;
  /** It shows less than is known, and is in the line for its turn. */
  cardStale: Generated<boolean>;
  /** In the line: what is served first; see store/cards.ts. */
  cardClass: Generated<number>;
  /** In the line: its turn is not before. null: what it is to show is not known yet. */
  cardDueAt: Timestamp | null;
  /** Its first edit was counted when it was posted. */
  cardPrepaid: Generated<boolean>;
  /** The stage and a fingerprint of what it shows; null: there is no card yet. */
  cardShown: string | null;
  prompt: string | null;
  uploads: Json;
  waiting: string | null;
  sentAt: Timestamp | null;
  sessionId: string | null;
  failure: Json;
  /** When a person last restarted it after it had ended. */
  resumedAt: Timestamp | null;
  /** When a person last had it looked for in vain. */
  checkedAt: Timestamp | null;
  /** Every approval it was held up for, oldest first; see session/approval.ts. */
  approvals: GeneratedJson;
  /** Rules whose approval counts for it as it is in `approvedAs`. */
  approved: GeneratedJson;
  approvedAs: string | null;
  /** While it awaits an approval: until then. */
  approvalUntil: Timestamp | null;
  /** What of the conversation goes to Devin, fixed before an approval was asked for. */
  material: Json;
  /** What it changes for an approver, as in a form. */
  replaces: ColumnType<unknown, string | null | undefined, never>;
  /** The rule of the policy under which it was sent; null: none, or it was not sent. */
  rule: string | null;
  /** When its text was removed, since it was old. */
  textRemovedAt: Timestamp | null;
  createdAt: Generated<Date>;
  updatedAt: ColumnType<Date, Date | undefined, Date>;
};

/** A message that asks one person for an approval: `number` counts the approvals of a request. */
type ApprovalMessagesTable = {
  requestId: string;
  number: number;
  userId: string;
  channelId: string;
  slackTs: string;
  /** A fingerprint of what it shows. */
  shown: string;
};

type SessionsTable = {
  /** Without the `devin-` prefix. */
  sessionId: string;
  requestId: string;
  url: string;
  /** Devin's last answer about it. */
  response: Json;
  teamId: string;
  /** The thread in which it is followed and steered: the card's, or the one under the card. */
  channelId: string;
  threadTs: string;
  phase: Generated<string>;
  /** When it came into this phase. */
  phaseAt: Generated<Date>;
  wasFinished: Generated<boolean>;
  /** The last thing Devin said, short. */
  lastWords: string | null;
  /** When something shown changed last; the watcher looks more often at what moves. */
  changedAt: Generated<Date>;
  /** null: never again, it is over. */
  nextLookAt: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** It is looked at before those that rest. */
  watchFirst: Generated<boolean>;
  /** When someone did something with it that Devin's answers do not show. */
  touchedAt: Timestamp | null;
  /** When its text was removed, since it was old. */
  textRemovedAt: Timestamp | null;
  /** The last cursor of its messages that was not null. */
  messagesCursor: string | null;
  /** The thread's messages are not taken to Devin. */
  muted: Generated<boolean>;
  /** Slack user id. */
  mutedBy: string | null;
  /** Which of the thread's messages go to Devin: see session/listening.ts. null: as is preferred in the channel. */
  listen: string | null;
  /** Messages go both ways; off after "unsync". */
  synced: Generated<boolean>;
  /** Its card was the first one in the thread, and is still the message it was then. */
  introducesThread: Generated<boolean>;
  /** Slack's code if the thread accepts no messages now; null: it does. */
  threadTrouble: string | null;
  /** Where the person wants to be told: thread, dm or card. null: as their preferences say. */
  notify: string | null;
  /** What was told already, so that nothing is told twice. */
  told: Json;
  /** Who stopped and who archived it from here: Slack user ids. */
  stoppedBy: string | null;
  archivedBy: string | null;
  createdAt: Generated<Date>;
  updatedAt: ColumnType<Date, Date | undefined, Date>;
};

/** A message of a session, or a file that Devin made, on its way to the thread. */
type SessionMessagesTable = {
  sessionId: string;
  eventId: string;
  /** Devin's order. */
  seq: Generated<string>;
  source: string;
  text: string;
  state: Generated<'pending' | 'posted' | 'skipped' | 'left-out'>;
  /** Set before it is posted for the first time: with no `slackTs`, Slack's answer was lost. */
  attemptedAt: Timestamp | null;
  slackTs: string | null;
  /** A file of it that Slack has, though perhaps not yet in the thread. */
  slackFileId: string | null;
  saidAt: Timestamp;
};

/** What a person said, on its way from Slack to Devin. */
type RepliesTable = {
  id: string;
  /** From Slack: a delivery that comes twice finds this taken and changes nothing. */
  dedupeKey: string;
  sessionId: string;
  teamId: string;
  userId: string;
  channelId: string | null;
  /** The message in the thread; null for a reply from a box or a command. */
  messageTs: string | null;
  /** When it was edited, by Slack's time, where it says what an edit made of it. */
  editedTs: string | null;
  /** By a box or a command; null: in the thread. */
  via: string | null;
  kind: string;
  text: string;
  files: Json;
  state: Generated<ReplyState>;
  failure: Json;
  sentAt: Timestamp | null;
  /** Devin was busy: it is not asked again between these two. */
  waitsSince: Timestamp | null;
  notBefore: Timestamp | null;
  /** What was sent to Devin, word for word, by which it is known again. */
  sentText: string | null;
  /** The message it became at Devin, where that was seen. */
  eventId: string | null;
  createdAt: ColumnType<Date, Date | undefined, Date>;
};

/** Something worth a message that a session came to, once each. */
type MilestonesTable = {
  sessionId: string;
  /** What it is; see session/milestones.ts. */
  key: string;
  seq: Generated<string>;
  state: Generated<'pending' | 'posted' | 'skipped'>;
  /** The thread could not take it: it goes to the person. */
  direct: Generated<boolean>;
  /** Set before it is posted for the first time: while pending, Slack's answer was lost. */
  attemptedAt: Timestamp | null;
  /** The message of Devin that a call is about; null: it is no call, or nothing was said. */
  eventId: string | null;
  /** The call is part of that message. */
  inMessage: Generated<boolean>;
  /** Where a message of its own was posted. */
  channelId: string | null;
  slackTs: string | null;
  /** The call says who answered. */
  answered: Generated<boolean>;
  createdAt: Generated<Date>;
};

/** When the next edit of a card may be made in a workspace; `pausedUntil`: Slack takes none before. */
type EditBudgetsTable = { teamId: string; nextAt: Timestamp; pausedUntil: Timestamp | null };

/** A channel that takes no more messages for now. */
type PostPausesTable = { channelId: string; until: Timestamp };

/** A private notice that a person gets once in a thread. */
type ThreadNoticesTable = { sessionId: string; userId: string; reason: string };

/** What failed again and again; see store/set-aside.ts. */
type SetAsideTable = {
  kind: string;
  id: string;
  failures: Generated<number>;
  reason: string;
  failedAt: Generated<Date>;
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
  channelId: string;
  threadTs: string | null;
  /** When it was attempted first and last, by Slack's clock; null: that is not known. */
  firstTs: string | null;
  lastTs: string | null;
  /** Slack has it. null: Slack's answer was lost, or has not come yet. */
  postedTs: string | null;
  at: Generated<Date>;
};

/** A creation that left and was not answered, and whose session was not found: it may turn up yet. */
type LostAnswersTable = {
  requestId: string;
  sentAt: Timestamp;
  /** As whom it was sent. null: as its request says. */
  identity: Json;
  /** When it was given up. */
  lostAt: Timestamp;
  nextLookAt: Timestamp;
};

/** A creation that was, or may have been, sent, and what it counts for: see store/ledger.ts. */
type LedgerTable = {
  id: ColumnType<string, never, never>;
  requestId: string;
  /** null: not known, or there is none yet. */
  sessionId: ColumnType<string | null, string | null | undefined, string | null>;
  teamId: string;
  /** null: not known, after a lost database. */
  userId: string | null;
  channelId: string | null;
  /** In the day and month of which it counts. */
  at: Timestamp;
  /** null: it has none. */
  cap: number | null;
  consumed: Generated<number>;
  /** It goes on, and may use all of its cap. */
  isOpen: Generated<boolean>;
  counted: ColumnType<number, never, never>;
};

/** Owners of the policy were told of a ceiling, once each time it came near. */
type BudgetAlertsTable = { name: string; at: Generated<Date> };

/** A form that was offered or opened: what it is prefilled with and where it belongs. */
type FormsTable = {
  id: string;
  teamId: string;
  userId: string;
  channelId: string;
  threadTs: string | null;
  /** As in a request. */
  placeKind: string | null;
  draft: Json;
  context: Json;
  /** The response URL, encrypted. */
  sealed: string | null;
  /** Names of session secrets that were not kept; null: there were none. */
  lostSecrets: ColumnType<unknown, string | null | undefined, never>;
  /** What was refused, by field. */
  faults: ColumnType<unknown, string | null | undefined, never>;
  /** Names of session secrets that were entered one by one. */
  secretNames: ColumnType<unknown, string | null | undefined, string | null>;
  /** Messages and files of the thread that are not to be sent. */
  without: ColumnType<unknown, string | null | undefined, string | null>;
  /** The request that it changes for an approver, and which of its approvals; null: none. */
  replaces: ColumnType<unknown, string | null | undefined, never>;
  /** "More options" was pressed. */
  expanded: Generated<boolean>;
  /** What was looked up after the form was opened: who it runs as, how long the thread is. */
  description: Json;
  createdAt: Generated<Date>;
};

/** What Slack said of a person lately. */
type KnownPeopleTable = {
  teamId: string;
  userId: string;
  /** null: the person has changed since Slack was asked. */
  person: Json;
  checkedAt: Timestamp;
};

/** What was found out about a person in Devin, kept for a while. */
type IdentitiesTable = {
  teamId: string;
  userId: string;
  /** By which it was looked for; null: by a link, or there was none. */
  address: string | null;
  identity: Json;
  checkedAt: Timestamp;
};

/** Which Devin member a person is, as an administrator said. */
type IdentityLinksTable = {
  teamId: string;
  userId: string;
  devinUserId: string;
  linkedBy: string;
  createdAt: Generated<Date>;
};

/** Defaults of a workspace, a channel or a person. */
type SettingsTable = {
  teamId: string;
  scope: string;
  scopeId: string;
  draft: Json;
  /** Who may steer, where to be told; see session/preferences.ts. */
  preferences: Json;
  updatedBy: string;
  updatedAt: ColumnType<Date, Date | undefined, Date>;
};

/** Channels the app was invited to. */
type GreetingsTable = {
  teamId: string;
  channelId: string;
  invitedAt: Generated<Date>;
  greetedAt: Generated<Date | null>;
};

/** A person's App Home. */
type HomesTable = {
  teamId: string;
  userId: string;
  /** Their conversation with the app. */
  channelId: string;
  openedAt: Timestamp;
};

/** Append-only: a trigger refuses changes, and the rows' values come from `append_audit`. */
export type AuditTable = {
  seq: ColumnType<string | number, never, never>;
  at: ColumnType<Date, never, never>;
  kind: string;
  userId: string | null;
  devinUserId: string | null;
  channelId: string | null;
  messageTs: string | null;
  requestId: string | null;
  sessionId: string | null;
  rule: string | null;
  result: string;
  prev: string;
  /** SHA-256 of all the others. */
  hash: string;
};

export type Tables = {
  audit: AuditTable;
  sessionRequests: SessionRequestsTable;
  sessions: SessionsTable;
  sessionMessages: SessionMessagesTable;
  replies: RepliesTable;
  setAside: SetAsideTable;
  leases: LeasesTable;
  posts: PostsTable;
  threadNotices: ThreadNoticesTable;
  lostAnswers: LostAnswersTable;
  ledger: LedgerTable;
  budgetAlerts: BudgetAlertsTable;
  milestones: MilestonesTable;
  editBudgets: EditBudgetsTable;
  postPauses: PostPausesTable;
  approvalMessages: ApprovalMessagesTable;
  forms: FormsTable;
  knownPeople: KnownPeopleTable;
  identities: IdentitiesTable;
  identityLinks: IdentityLinksTable;
  settings: SettingsTable;
  homes: HomesTable;
  greetings: GreetingsTable;
};

/** The database, or the transaction that a statement is part of. */
export type Db = Kysely<Tables> | Transaction<Tables>;
