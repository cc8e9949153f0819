import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LogLevel } from '@slack/logger';
import { WebClient } from '@slack/web-api';
import type { Config, ConfigResult } from '../config.ts';
import { createDevin, type Devin } from '../devin/devin.ts';
import { DevinError, orDevinError } from '../devin/errors.ts';
import { useProxy } from '../network.ts';
import { everyGroupIn } from '../session/policy/decide.ts';
import type { Policy } from '../session/policy/schema.ts';
import { isAbsentGroup } from '../slack/edge/people.ts';
import { manifestScopes, missingScopes } from '../slack/edge/slack.ts';
import { openDatabase } from '../store/database.ts';
import { contentOf } from '../store/embedded/embedded.ts';
import { hasSchema } from '../store/schema.ts';
import { countSetAside } from '../store/thread-messages.ts';
import type { Text } from '../text/index.ts';
import { OperatorError } from '../text/operator-error.ts';
import { IDENTITY_FILE, POLICY_FILE, readYamlFile } from '../trust/index.ts';
import { sayingHowLong } from '../upstream.ts';
import { checkDevin, checkSlack, slackError } from './checks.ts';

const SLACK_TIMEOUT_MS = 15_000;

/** Only `missing` fails: the app doesn't work without it. */
type Finding = { sign: 'ok' | 'missing' | 'warning' | 'not-checkable'; sentence: string };

const signed =
  (sign: Finding['sign']) =>
  (sentence: string): Finding => ({ sign, sentence });
const ok = signed('ok');
const missing = signed('missing');
const warning = signed('warning');
const notCheckable = signed('not-checkable');

/** What the doctor prints about these settings. */
export async function diagnose(
  settings: ConfigResult,
  text: Text,
): Promise<{ lines: string[]; isHealthy: boolean }> {
  const findings = settings.ok
    ? [
        ...settings.misspelled.map(({ name, meant }) => warning(text.config.misspelled(name, meant))),
        ok(text.doctor.settings),
        ...(await examine(settings.config, text)),
      ]
    : settings.problems.map(missing);
  const isHealthy = findings.every(({ sign }) => sign !== 'missing');
  // What keeps both tokens from being checked is said once.
  const lines = new Set(findings.map(({ sign, sentence }) => `${text.doctor.signs[sign]}  ${sentence}`));
  return { lines: [...lines, '', isHealthy ? text.doctor.healthy : text.doctor.unhealthy], isHealthy };
}

type Examination = { config: Config; text: Text };

/** What Slack, Devin, the files and the database say; nothing is changed. */
async function examine(config: Config, text: Text): Promise<Finding[]> {
  useProxy(config.proxy);
  const examination = { config, text };
  const all = [examineBot, examineSocket, examineDevin, examineFiles, examineStore];
  const found = await Promise.all(
    all.map(async (look) => look(examination).catch((error: unknown) => [failure(error, text)])),
  );
  return found.flat();
}

/** Slack's rate limit says nothing about the settings, nor does an app that is running. */
function failure(error: unknown, text: Text): Finding {
  if (!(error instanceof OperatorError)) throw error;
  if (error.code === 'folder-in-use') return notCheckable(text.doctor.databaseInUse);
  return signed(error.code === 'slack-busy' ? 'not-checkable' : 'missing')(error.say(text));
}

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

async function examineBot({ config: { slack }, text }: Examination): Promise<Finding[]> {
  const { botToken } = slack;
  const client = clientOf(slack, botToken);
  const { workspaceUrl, scopes } = await checkSlack({ client, botToken });
  return [ok(text.doctor.slack(workspaceUrl)), ...scopeFindings(scopes, text)];
}

function scopeFindings(granted: readonly string[] | null, { doctor }: Text): Finding[] {
  if (granted === null) return [notCheckable(doctor.scopesUnknown)];
  const lacking = missingScopes(granted);
  if (lacking.length === 0) return [ok(doctor.scopes(manifestScopes().length))];
  return lacking.map((scope) => missing(doctor.noScope(scope)));
}

async function examineSocket({ config: { slack }, text }: Examination): Promise<Finding[]> {
  if (slack.transport.kind === 'http') return [notCheckable(text.doctor.signingSecret(slack.command))];
  const opening = clientOf(slack, slack.transport.appToken).apps.connections.open({});
  await opening.catch((error: unknown) => {
    throw slackError(error, 'SLACK_APP_TOKEN');
  });
  return [ok(text.doctor.socket)];
}

type Probe = (devin: Devin) => Promise<unknown>;
const needed = (permission: string, probe: Probe) => ({ permission, isNeeded: true, probe });
const optional = (permission: string, probe: Probe) => ({ permission, isNeeded: false, probe });

/** What can be tried without changing anything. Only creating a session would tell the rest, which costs money. */
const TRIED = [
  needed('ViewOrgSessions', async ({ sessions }) => sessions.list({ first: 1 })),
  needed('ViewOrgMembership', async ({ members }) => members.findByEmail('nobody@invalid')),
  optional('ManageAccountPlaybooks', async ({ catalog }) => catalog.probe('playbooks')),
  optional('ManageAccountKnowledge', async ({ catalog }) => catalog.probe('knowledge')),
  optional('ManageOrgSecrets', async ({ catalog }) => catalog.probe('secrets')),
  optional('Read', async ({ catalog }) => catalog.probe('repositories')),
];

const OF_IMPERSONATION: ReadonlySet<string> = new Set(['ImpersonateOrgSessions', 'ViewOrgMembership']);

async function examineDevin({ config, text }: Examination): Promise<Finding[]> {
  const devin = createDevin(config.devin);
  const { orgId } = config.devin;
  const problems = await checkDevin({ devin, orgId });
  if (problems.length > 0) return problems.map((say) => missing(say(text)));
  const { doctor } = text;
  const isUsed = (permission: string): boolean =>
    config.impersonation !== 'off' || !OF_IMPERSONATION.has(permission);
  const untried = [...doctor.notCheckable].filter(([permission]) => isUsed(permission));
  const tried = TRIED.filter(({ permission }) => isUsed(permission));
  return [
    ok(doctor.devin),
    ok(doctor.permission('ReadAccountMeta')),
    ...untried.map(([, sentence]) => notCheckable(sentence)),
    ...(await Promise.all(tried.map(async (one) => tryPermission(one, { devin, orgId, text })))),
  ];
}

async function tryPermission(
  { permission, isNeeded, probe }: ReturnType<typeof needed>,
  { devin, orgId, text }: { devin: Devin; orgId: string; text: Text },
): Promise<Finding> {
  const refusal = await orDevinError(probe(devin));
  if (!(refusal instanceof DevinError)) return ok(text.doctor.permission(permission));
  if (refusal.code === 'forbidden')
    return signed(isNeeded ? 'missing' : 'warning')(text.devin.forbidden(permission));
  if (refusal.code === 'not-found' && isNeeded)
    throw new OperatorError('other-organization', ({ start }) => start.organizationNotFound(orgId));
  return notCheckable(text.doctor.unclear(permission));
}

async function examineFiles({ config, text }: Examination): Promise<Finding[]> {
  const { policyFile, identityFile, slack } = config;
  const policy = policyFile === null ? null : await readYamlFile(policyFile, POLICY_FILE, text);
  const mapping = identityFile === null ? null : await readYamlFile(identityFile, IDENTITY_FILE, text);
  return [
    ...(policy === null ? [] : fileFindings('POLICY_FILE', policy, text)),
    ...(policy?.ok === true ? await groupFindings(slack, policy.value, text) : []),
    ...(mapping === null ? [] : fileFindings('IDENTITY_FILE', mapping, text)),
  ];
}

function fileFindings(
  variable: string,
  read: { ok: true } | { ok: false; problems: string[] },
  { doctor }: Text,
): Finding[] {
  return read.ok
    ? [ok(doctor.file(variable))]
    : read.problems.map((problem) => missing(`${variable} ${problem}`));
}

/** A rule for a user group that Slack doesn't have is for nobody. https://docs.slack.dev/reference/methods/usergroups.users.list */
async function groupFindings(slack: Config['slack'], policy: Policy, { doctor }: Text): Promise<Finding[]> {
  const client = clientOf(slack, slack.botToken);
  const found = await Promise.all(
    everyGroupIn(policy).map(async (usergroup) => {
      const asking = client.usergroups.users.list({ usergroup });
      return asking.then(
        ({ users = [] }) => (users.length === 0 ? [warning(doctor.groups.empty(usergroup))] : []),
        (error: unknown) => [
          isAbsentGroup(error)
            ? missing(doctor.groups.absent(usergroup))
            : notCheckable(doctor.groups.unknown(usergroup)),
        ],
      );
    }),
  );
  return found.flat();
}

/** What the app set aside. There is no database before its first start. */
async function examineStore({ config, text }: Examination): Promise<Finding[]> {
  const { databaseUrl, dataDir } = config.store;
  const folder = resolve(dataDir);
  if (databaseUrl === null && contentOf(dataDir) === 'nothing')
    return isWritable(folder) ? [] : [missing(text.store.unusable(folder))];
  const counts = await readSetAside(config.store);
  if (counts === null) return [];
  const found = Object.entries(counts).map(([kind, count]) => warning(text.doctor.setAside(kind, count)));
  return found.length > 0 ? found : [ok(text.doctor.noneSetAside)];
}

/** Whether the folder can be written to, or made. Only trying tells: root is granted everything, even in /proc. */
function isWritable(folder: string): boolean {
  if (!existsSync(folder)) return isWritable(dirname(folder));
  try {
    rmdirSync(mkdtempSync(join(folder, '.doctor-')));
    return true;
  } catch {
    return false;
  }
}

/** null: the database is empty. */
async function readSetAside(store: Config['store']): Promise<Record<string, number> | null> {
  const database = await openDatabase(store);
  try {
    await database.ping();
    return (await hasSchema(database.db)) ? await countSetAside(database.db) : null;
  } finally {
    await database.close();
  }
}
