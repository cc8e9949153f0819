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
    HOST: 'must be an address to listen on, such as 0.0.0.0.',
    PORT: 'must be a port number from 0 to 65535, such as 3000.',
    METRICS_TOKEN: 'must be at least 16 characters: make one with `openssl rand -hex 16`.',
    DEVIN_API_KEY: "must be a service user's key (cog_…): app.devin.ai > Settings > Service users.",
    DEVIN_ORG_ID: 'must be the organization id (org-…): app.devin.ai > Settings > Service users.',
    DEVIN_API_URL:
      'must be an https address (http on this machine only); leave it out to use https://api.devin.ai.',
    IMPERSONATION: 'must be required, preferred or off.',
    REQUEST_TAG: 'must be on or off.',
    DATABASE_URL:
      'must be a Postgres address (postgres://user:password@host:5432/name); leave it out to use the embedded database.',
    DATA_DIR: 'must be a folder for the embedded database.',
    SECRETS_KEY:
      'must be 32 bytes in base64, or several such separated by commas: make one with `openssl rand -base64 32`.',
    WATCH_SECONDS: 'must be a number of seconds of at least 1.',
    MENTIONS: 'must be start or ask.',
    RETENTION_DAYS: 'must be a whole number of days of at least 1.',
    POLICY_FILE: 'is not supported by this version: leave it out; nothing would enforce it.',
    LIMIT_OPEN_SESSIONS: 'must be a whole number, such as 20; 0 for no limit.',
    LIMIT_STARTS_PER_HOUR: 'must be a whole number, such as 30; 0 for no limit.',
    LOG_LEVEL: 'must be trace, debug, info, warn, error, fatal or silent.',
  },
  transport:
    'SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) must be set: api.slack.com/apps > your app > Basic Information.',
  keyWithDatabase:
    'SECRETS_KEY must be set when DATABASE_URL is, so that all replicas share it: make one with `openssl rand -base64 32`.',
};

/** Start: why the store cannot be opened. */
export const store = {
  unreachable: (server: string) =>
    `DATABASE_URL names a Postgres server that does not answer (${server}): check host and port, and that it is running.`,
  refused: (server: string) =>
    `DATABASE_URL was refused by the Postgres server (${server}): check user name, password and ssl mode.`,
  missing: (server: string) =>
    `DATABASE_URL names a database that does not exist (${server}): create it, or correct the name.`,
  inUse: (folder: string, pid: number | null) =>
    `DATA_DIR ${folder} is in use by another process${pid === null ? '' : ` (pid ${pid})`}: stop that one first, or give this one its own folder. To run several at once, set DATABASE_URL.`,
  unusable: (folder: string) =>
    `DATA_DIR ${folder} cannot be used: it must be a folder that this user may write to.`,
  incomplete: (folder: string) =>
    `DATA_DIR ${folder} holds files in its folder "database", but no complete database (PG_VERSION is missing): restore the whole folder from a backup, or move it away to start fresh. Nothing was changed.`,
  unreadable: (folder: string) =>
    `DATA_DIR ${folder} holds a database that cannot be opened: restore the folder from a backup, or move it away to start afresh.`,
  diskFailed: (folder: string, reason: string) =>
    `The database in ${folder} had to stop (${reason}): check the disk for space and errors, then start again. Nothing that was acknowledged is lost.`,
  migration: (name: string) =>
    `The database could not be brought up to date (${name}): nothing was changed. The log has the reason.`,
  secretsKey: (where: string) =>
    `${where} must be 32 bytes in base64: make one with \`openssl rand -base64 32\`.`,
  keyModeFixed: (path: string) => `${path} could be read by others: its mode is now 0600.`,
};

type Skew = { system: keyof typeof NAMES; seconds: number; weAreLate: boolean };
const NAMES = { slack: 'Slack', devin: 'Devin' };

/** Start: what ends it, or is warned of. */
export const start = {
  notABot: 'SLACK_BOT_TOKEN is not a bot token: it must be the Bot User OAuth Token (xoxb-…) of the app.',
  slackToken: (code: string): string =>
    `Slack does not accept SLACK_BOT_TOKEN (${code}): copy the Bot User OAuth Token from api.slack.com/apps > your app > OAuth & Permissions, and install the app to the workspace if it is not.`,
  slackUnreachable: 'Slack cannot be reached: check the network, a proxy, and SLACK_API_URL if it is set.',
  appToken: (code: string): string =>
    `Slack does not accept SLACK_APP_TOKEN (${code}): copy an app-level token with connections:write from api.slack.com/apps > your app > Basic Information.`,
  clockSkew: ({ system, seconds, weAreLate }: Skew): string =>
    `This machine's clock is ${seconds} s ${weAreLate ? 'behind' : 'ahead of'} ${NAMES[system]}'s: synchronize it (NTP).`,
  devinKey:
    'Devin does not accept DEVIN_API_KEY: it is wrong, was revoked or has expired. A new one comes from app.devin.ai > Settings > Service users.',
  devinUnreachable:
    'Devin cannot be reached: check the network and DEVIN_API_URL. The app starts all the same; requests wait.',
  otherOrganization: (orgId: string): string =>
    `DEVIN_API_KEY belongs to the organization ${orgId}, DEVIN_ORG_ID names another one: correct one of them.`,
  organizationNotFound: (orgId: string): string =>
    `Devin does not know the organization ${orgId}, or the key may not see it: check DEVIN_ORG_ID.`,
  notAServiceUser:
    'DEVIN_API_KEY is not the key of a service user: sessions cannot be created as the person who asked. Make one in app.devin.ai > Settings > Service users.',
};

const SET_ASIDE = new Map([
  ['session', 'session(s) whose status could not be recorded'],
  ['message', 'message(s) of Devin that could not be posted'],
  ['milestone', 'notification(s) that could not be posted'],
]);

/** `npm run doctor`: one line each. */
export const doctor = {
  signs: {
    ok: '✓ ok           ',
    missing: '✗ missing      ',
    warning: '! warning      ',
    'not-checkable': '– not checked  ',
  },
  settings: 'The settings are complete.',
  slack: (url: string | null): string =>
    `Slack accepts SLACK_BOT_TOKEN${url === null ? '' : `; the app is installed in ${url}`}.`,
  scopes: (count: number): string => `All ${count} Slack scopes of manifest.yml are granted.`,
  noScope: (scope: string): string =>
    `Slack scope ${scope}: add it under api.slack.com/apps > your app > OAuth & Permissions, then install the app to the workspace again.`,
  socket: 'Slack accepts SLACK_APP_TOKEN; Socket Mode is on.',
  signingSecret:
    'SLACK_SIGNING_SECRET shows with the first delivery: type /devin help in Slack while the app runs.',
  devin: 'Devin accepts DEVIN_API_KEY, the key of a service user.',
  permission: (permission: string): string => `Devin permission ${permission}.`,
  unclear: (permission: string): string =>
    `Devin permission ${permission}: Devin did not give a clear answer. Try again in a minute.`,
  notCheckable: new Map([
    [
      'ManageOrgSessions',
      'Devin permission ManageOrgSessions, needed to start sessions: only a session that costs money could show it.',
    ],
    [
      'ImpersonateOrgSessions',
      'Devin permission ImpersonateOrgSessions, needed to start them as a person: only such a session could show it.',
    ],
    [
      'UseDevinSessions',
      'Devin permission UseDevinSessions: each person needs it to start sessions, the service user to send files.',
    ],
  ]),
  noneSetAside: 'The database answers, and nothing in it is set aside.',
  setAside: (kind: string, count: number): string =>
    `Set aside after repeated failures: ${count} ${SET_ASIDE.get(kind) ?? kind}. The log says why.`,
  databaseInUse:
    'What is set aside: the app is running and holds the database. See devin_slack_set_aside in /metrics.',
  clock: 'The clocks of this machine, Slack and Devin agree.',
  healthy: 'Nothing that can be checked is missing.',
  unhealthy: 'Fix what is missing, and run this again.',
};
