/** Start: one line for each setting that is missing or wrong; it follows the variable's name. */
export const config = {
  variables: {
    SLACK_BOT_TOKEN:
      'must be the bot token (xoxb-…): api.slack.com/apps > your app > OAuth & Permissions > Bot User OAuth Token.',
    SLACK_APP_TOKEN:
      'must be an app-level token (xapp-…) with connections:write: api.slack.com/apps > your app > Basic Information > App-Level Tokens.',
    SLACK_SIGNING_SECRET:
      'must be the signing secret: api.slack.com/apps > your app > Basic Information > App Credentials.',
    SLACK_API_URL:
      "must be an https address (http on this machine only), such as https://slack.com/api/; leave it out to use Slack's own.",
    SLACK_COMMAND:
      'must be a slash command of at most 32 characters, such as /devin, the same as in the app manifest.',
    METRICS_TOKEN: 'must be at least 16 characters: make one with `openssl rand -hex 16`.',
    DEVIN_API_KEY: "must be a service user's key (cog_…): app.devin.ai > Settings > Service users.",
    DEVIN_ORG_ID: 'must be the organization id (org-…): app.devin.ai > Settings > Service users.',
    DEVIN_API_URL:
      'must be an https address (http on this machine only) without a version such as /v3; leave it out to use https://api.devin.ai.',
    HTTPS_PROXY: 'must be the address of a proxy, such as http://proxy.example:3128.',
    HTTP_PROXY: 'must be the address of a proxy, such as http://proxy.example:3128.',
    DATABASE_URL:
      'must be a Postgres address (postgres://user:password@host:5432/name), with # as %23, / as %2F and ? as %3F in the password; leave it out to use the embedded database.',
    SECRETS_KEY:
      'must be 32 bytes in base64, or several of these, separated by commas, and the same for all replicas: make one with `openssl rand -base64 32`.',
  },
  misspelled: (name: string, meant: string): string =>
    `${name} isn't a setting of this app, and is ignored: did you mean ${meant}?`,
  transport:
    'SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) must be set: api.slack.com/apps > your app > Basic Information.',
};

/** What is wrong with the arguments of an operator's command; its usage follows. */
export const commandLine = {
  usage: 'Usage:',
  unexpected: (word: string): string => `${word} isn't expected here.`,
  missing: (operand: string): string => `${operand} is missing.`,
  since: '--since must be a date or a time, such as 2026-01-31 or 2026-01-31T09:00:00Z.',
  name: 'NAME is who runs this, for the audit: up to 64 letters, digits, and . _ - + @.',
  user: 'USER must be a Slack user id, such as U0123ABCD: open the profile in Slack, then ⋮ > Copy member ID.',
};

/** Start: why the store can't be opened. */
export const store = {
  postgres: (server: string, reason: string): string =>
    `The Postgres server in DATABASE_URL can't be used (${server}): ${reason}. Check the address, user, password (write # as %23), database and SSL mode, and that it takes writes.`,
  forbidden:
    'The user in DATABASE_URL may not create tables and schemas: make it the owner of the database, as in `alter database name owner to user`.',
  inUse: (folder: string): string =>
    `DATA_DIR ${folder} is in use by another process: stop that one, or give this one its own folder. To run several at once, set DATABASE_URL.`,
  unusable: (folder: string): string =>
    `DATA_DIR ${folder} can't be used: it must be a folder that this user can write to.`,
  unreadable: (folder: string): string =>
    `DATA_DIR ${folder} has files in its folder "database", but no database that can be opened: restore the whole folder from a backup, or move it away to start fresh.`,
  diskFull: (folder: string): string =>
    `The disk of DATA_DIR ${folder} is full: free some space, then start the app if it isn't running. Nothing that was acknowledged is lost.`,
  diskFailed: (folder: string, reason: string): string =>
    `The database in ${folder} stopped (${reason}): check the disk for space and errors, then start the app again. Nothing that was acknowledged is lost.`,
  otherVersion:
    'The database belongs to another version of this app: start that version, or start this one with an empty DATA_DIR or an empty database in DATABASE_URL. Sessions then come back by their tags, or when somebody follows them. Nothing was changed.',
};

type Address = { host: string; port: number; code: string };

/** Start: what ends it, or what it warns about. */
export const start = {
  token: (name: string, code: string): string =>
    `Slack doesn't accept ${name} (${code}): install the app to the workspace, then copy the token again from api.slack.com/apps > your app.`,
  /** `setting`: of its address. */
  unreachable: (system: string, reason: string, setting: string): string =>
    `${system} can't be reached (${reason}): check the network, any proxy and its certificate, and ${setting} if it is set.`,
  /** Follows why Slack, Devin or Postgres doesn't answer. */
  waits: (system: string): string =>
    `The app retries until ${system} answers, and takes no requests until then.`,
  address: ({ host, port, code }: Address): string =>
    code === 'EADDRINUSE'
      ? `PORT ${port} is used by another program on ${host}: stop that one, or set another PORT.`
      : `The app can't listen on HOST ${host}, PORT ${port} (${code}): HOST must be an address of this machine, such as 0.0.0.0, and PORT a port that this user can listen on.`,
  plainDatabase:
    "DATABASE_URL is not encrypted: prompts and names cross the network as plain text. Add sslmode=verify-full, and sslrootcert if the server's certificate is your own.",
  devinKey:
    "Devin doesn't accept DEVIN_API_KEY: it is wrong, revoked or expired, or its service user lacks the permission ReadAccountMeta. Make a new one in app.devin.ai > Settings > Service users.",
  otherOrganization:
    "DEVIN_ORG_ID isn't an organization in Devin that DEVIN_API_KEY has access to: correct one of them.",
  notAServiceUser:
    "DEVIN_API_KEY is not a service user's key, so sessions can't run as the person who asked. Make one in app.devin.ai > Settings > Service users.",
};

/** `npm run doctor`: one line each. */
export const doctor = {
  signs: {
    ok: '✓ ok           ',
    missing: '✗ missing      ',
    warning: '! warning      ',
    'not-checkable': '– not checked  ',
  },
  settings: 'The settings are complete.',
  slack: (workspace: string): string =>
    `Slack accepts SLACK_BOT_TOKEN; the app is installed in ${workspace}.`,
  scopes: (count: number): string =>
    `All ${count} Slack scopes of manifest.yml are granted. Slack doesn't say which events the app gets: after an update, paste manifest.yml again.`,
  scopesUnknown: "Slack doesn't say which scopes the token has: compare them with manifest.yml.",
  noScope: (scope: string): string =>
    `Slack scope ${scope}: add it under api.slack.com/apps > your app > OAuth & Permissions, then install the app to the workspace again.`,
  socket: 'Slack accepts SLACK_APP_TOKEN; Socket Mode is on.',
  /** `command`: the slash command's name. */
  signingSecret: (command: string): string =>
    `SLACK_SIGNING_SECRET can only be checked with a message from Slack: type ${command} help there while the app is running.`,
  devin: 'Devin accepts DEVIN_API_KEY, the key of a service user.',
  permission: (permission: string): string => `Devin permission ${permission}.`,
  lacking: (permission: string): string =>
    `Devin permission ${permission} is missing. A Devin admin can add it to the service user's role in Devin Settings > Service users.`,
  unclear: (permission: string): string =>
    `Devin permission ${permission}: Devin gave no clear answer. Try again in a minute; if nothing changes, your plan may not include it.`,
  untried: (permission: string): string =>
    `Devin permission ${permission}: checking it would start a paid session. docs/install.md says who needs it.`,
  file: 'The file is valid.',
  database: 'The database answers.',
  /** Sessions and messages, for workspace admins. */
  setAside: (count: number): string => `Failed repeatedly and were skipped: ${count}. The log says why.`,
  databaseInUse: "The database can't be checked while the app is running.",
  healthy: 'Nothing that can be checked is missing.',
  unhealthy: 'Fix what is missing, then run this again.',
};

/** `npm run audit`, for the person who runs the app. */
export const audit = {
  intact: (count: number): string => `The audit is intact. Entries: ${count.toLocaleString('en-US')}.`,
  /** Compared with an earlier export, it shows whether the end is missing. */
  last: (seq: number, at: string, hash: string): string =>
    `The last one is entry ${seq} of ${at}, hash ${hash}.`,
  wrong: {
    changed: (seq: number): string => `Entry ${seq}, or the one before it, was changed, moved or replaced.`,
    missing: (seq: number): string => `Entry ${seq} is missing.`,
    unmarked: (seq: number): string =>
      `Nothing says that entry ${seq} is the last one: the mark of the audit's end was removed.`,
    replaced: (seq: number): string =>
      `None of the ${seq.toLocaleString('en-US')} entries has the expected hash: the audit was replaced or cut.`,
  },
};

type Forgotten = { requests: number; sessions: number; replies: number };

export const forget = {
  done: (userId: string, { requests, sessions, replies }: Forgotten): string =>
    `Removed the text of ${userId}. Requests: ${requests}; sessions: ${sessions}; messages to sessions: ${replies}. Their ids, times and costs stay, and so does the audit.`,
  inProgress: (count: number): string =>
    `Still in progress, and kept until it ends: ${count}. Run this again after that.`,
};

/** Commands that read or change the database beside the app. */
export const operator = {
  noDatabase: 'There is no database yet: start the app once, or check DATA_DIR and DATABASE_URL.',
  failed: (reason: string): string =>
    `The database couldn't be read to the end, so there is no result (${reason}). Run this again.`,
  embeddedInUse: (folder: string): string =>
    `The embedded database in ${folder} is in use by the app: stop the app, run this again, then start it. With Postgres (DATABASE_URL), this works while the app is running.`,
};

/** The identity file: what is wrong with it. */
export const mapping = {
  faults: {
    whole: 'The identity file ',
    'slack-person': 'must be a Slack user id (U0123) or an email address.',
    'devin-member': "must be a Devin user id, such as user-0123, or a Devin member's email address.",
    twice: 'maps a person for the second time: keep one entry for each person.',
    conflict: "is another person's account in this file, too: correct one.",
  },
};
