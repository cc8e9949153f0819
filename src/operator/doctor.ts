import { LogLevel } from '@slack/logger';
import { WebClient } from '@slack/web-api';
import type { Config, ConfigResult } from '../config.ts';
import { createDevin, type Devin } from '../devin/devin.ts';
import { DevinError, orDevinError } from '../devin/errors.ts';
import { useProxy } from '../network.ts';
import { manifestScopes, missingScopes } from '../slack/edge/slack.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { contentOf } from '../store/embedded/embedded.ts';
import { hasSchema } from '../store/schema.ts';
import type { Text } from '../text/index.ts';
import { OperatorError } from '../text/operator-error.ts';
import { type Format, IDENTITY_FILE, POLICY_FILE, readYamlFile } from '../trust/index.ts';
import { sayingHowLong } from '../upstream.ts';
import { checkDevin, checkSlack, slackError } from './checks.ts';

/** A sentence and its sign. Only `missing` fails: the app doesn't work without it. */
type Finding = readonly ['ok' | 'missing' | 'warning' | 'not-checkable', string];

/** What the doctor prints about these settings. */
export async function diagnose(
  settings: ConfigResult,
  text: Text,
): Promise<{ lines: string[]; isHealthy: boolean }> {
  const findings: Finding[] = settings.ok
    ? await examine({ config: settings.config, misspelled: settings.misspelled, text })
    : settings.problems.map((problem) => ['missing', problem]);
  const isHealthy = findings.every(([sign]) => sign !== 'missing');
  // What keeps both tokens from being checked is said once.
  const lines = new Set(findings.map(([sign, sentence]) => `${text.doctor.signs[sign]}  ${sentence}`));
  return { lines: [...lines, '', isHealthy ? text.doctor.healthy : text.doctor.unhealthy], isHealthy };
}

type Examined = { config: Config; misspelled: { name: string; meant: string }[]; text: Text };

/** What Slack, Devin, the files and the database say, in this order; nothing is changed. */
async function examine(examined: Examined): Promise<Finding[]> {
  useProxy(examined.config.proxy);
  const all = [examineSettings, examineBot, examineSocket, examineDevin, examineFiles, examineStore];
  const found = await Promise.all(
    all.map(async (look) => look(examined).catch((error: unknown) => [failure(error, examined.text)])),
  );
  return found.flat();
}

/** An app that is running says nothing about the settings. */
function failure(error: unknown, text: Text): Finding {
  if (!(error instanceof OperatorError)) throw error;
  if (error.code === 'folder-in-use') return ['not-checkable', text.doctor.databaseInUse];
  return ['missing', error.say(text)];
}

async function examineSettings({ misspelled, text }: Examined): Promise<Finding[]> {
  const slips = misspelled.map(({ name, meant }): Finding => [
    'warning',
    text.config.misspelled(name, meant),
  ]);
  return [...slips, ['ok', text.doctor.settings]];
}

const SLACK_TIMEOUT_MS = 15_000;

function clientOf({ apiUrl }: Config['slack'], token: string): WebClient {
  return new WebClient(token, {
    retryConfig: { retries: 0 },
    // Nobody waits for Slack without an end, nor as long as a rate limit asks for.
    timeout: SLACK_TIMEOUT_MS,
    rejectRateLimitedCalls: true,
    // The findings say what failed.
    logLevel: LogLevel.ERROR,
    fetch: sayingHowLong(fetch),
    ...(apiUrl !== null && { slackApiUrl: apiUrl }),
  });
}

async function examineBot({ config: { slack }, text: { doctor } }: Examined): Promise<Finding[]> {
  const { botToken } = slack;
  const { workspaceUrl, scopes } = await checkSlack(clientOf(slack, botToken), botToken);
  const lacking = missingScopes(scopes);
  const granted: Finding =
    scopes === null
      ? ['not-checkable', doctor.scopesUnknown]
      : ['ok', doctor.scopes(manifestScopes().length)];
  return [
    ['ok', doctor.slack(workspaceUrl ?? 'Slack')],
    ...(lacking.length === 0
      ? [granted]
      : lacking.map((scope): Finding => ['missing', doctor.noScope(scope)])),
  ];
}

async function examineSocket({ config: { slack }, text: { doctor } }: Examined): Promise<Finding[]> {
  if (slack.transport.kind === 'http') return [['not-checkable', doctor.signingSecret(slack.command)]];
  const opening = clientOf(slack, slack.transport.appToken).apps.connections.open({});
  await opening.catch((error: unknown) => {
    throw slackError(error, 'SLACK_APP_TOKEN');
  });
  return [['ok', doctor.socket]];
}

type Probe = (devin: Devin) => Promise<unknown>;

type Permission = {
  name: string;
  /** What it is if Devin refuses the call. */
  lacking?: 'missing' | 'warning';
  /** A call that changes nothing; left out: only a session, which costs money, would tell. */
  probe?: Probe;
  /** Nothing needs it if sessions run as the service user. */
  asPerson?: boolean;
};

const listing =
  (what: Parameters<Devin['catalog']['probe']>[0]): Probe =>
  async ({ catalog }) =>
    catalog.probe(what);

const PERMISSIONS: readonly Permission[] = [
  { name: 'ReadAccountMeta', probe: async ({ self }) => self.get() },
  { name: 'ManageOrgSessions' },
  { name: 'ImpersonateOrgSessions', asPerson: true },
  { name: 'UseDevinSessions' },
  { name: 'ViewOrgSessions', probe: async ({ sessions }) => sessions.list({ first: 1 }) },
  {
    name: 'ViewOrgMembership',
    probe: async ({ members }) => members.findByEmail('a@invalid'),
    asPerson: true,
  },
  { name: 'ManageAccountPlaybooks', probe: listing('playbooks'), lacking: 'warning' },
  { name: 'ManageAccountKnowledge', probe: listing('knowledge'), lacking: 'warning' },
  { name: 'ManageOrgSecrets', probe: listing('secrets'), lacking: 'warning' },
  { name: 'Read', probe: listing('repositories'), lacking: 'warning' },
];

async function examineDevin({ config, text }: Examined): Promise<Finding[]> {
  const devin = createDevin(config.devin);
  const problems = await checkDevin({ devin, orgId: config.devin.orgId });
  if (problems.length > 0) return problems.map((say) => ['missing', say(text)]);
  const used = PERMISSIONS.filter(({ asPerson = false }) => config.impersonation !== 'off' || !asPerson);
  const found = await Promise.all(used.map(async (one) => tryPermission(one, devin, text)));
  return [['ok', text.doctor.devin], ...found];
}

async function tryPermission(
  { name, lacking = 'missing', probe }: Permission,
  devin: Devin,
  text: Text,
): Promise<Finding> {
  if (probe === undefined) return ['not-checkable', text.doctor.untried(name)];
  const refusal = await orDevinError(probe(devin));
  if (!(refusal instanceof DevinError)) return ['ok', text.doctor.permission(name)];
  if (refusal.code === 'forbidden') return [lacking, text.doctor.lacking(name)];
  return refusal.code === 'not-found' && lacking === 'missing'
    ? ['missing', text.start.otherOrganization]
    : ['not-checkable', text.doctor.unclear(name)];
}

async function examineFiles({ config, text }: Examined): Promise<Finding[]> {
  const policy = await examineFile(config.policyFile, POLICY_FILE, text);
  return [...policy, ...(await examineFile(config.identityFile, IDENTITY_FILE, text))];
}

async function examineFile<T>(path: string | null, format: Format<T>, text: Text): Promise<Finding[]> {
  if (path === null) return [];
  const { variable } = format;
  const read = await readYamlFile(path, format, text);
  return read.ok
    ? [['ok', `${variable}: ${text.doctor.file}`]]
    : read.problems.map((problem) => ['missing', `${variable} ${problem}`]);
}

/** Opens the database, unless there is none before the app's first start. */
async function examineStore({ config: { store }, text }: Examined): Promise<Finding[]> {
  const answers = await readStore(store, async () => Promise.resolve(true));
  return answers === null ? [] : [['ok', text.doctor.database]];
}

type Place = Pick<Config['store'], 'databaseUrl' | 'dataDir'>;

const isNew = ({ databaseUrl, dataDir }: Place): boolean =>
  databaseUrl === null && contentOf(dataDir) === 'nothing';

/** Opens the database for a task, and closes it. null: there is none yet. */
export async function readStore<Result>(
  place: Place,
  task: (database: Database) => Promise<Result>,
): Promise<Result | null> {
  if (isNew(place)) return null;
  const database = await openDatabase(place);
  try {
    await database.ping();
    return (await hasSchema(database.db)) ? await task(database) : null;
  } finally {
    await database.close();
  }
}
