import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LogLevel } from '@slack/logger';
import { WebClient } from '@slack/web-api';
import type { Config, ConfigResult } from '../config.ts';
import { createDevin } from '../devin/devin.ts';
import { useProxy } from '../network.ts';
import { OperatorError } from '../operator-error.ts';
import type { Policy } from '../session/policy/schema.ts';
import { manifestScopes, missingScopes } from '../slack/edge/slack.ts';
import { openDatabase } from '../store/database.ts';
import { contentOf } from '../store/embedded/embedded.ts';
import { hasSchema } from '../store/schema.ts';
import { countSetAside } from '../store/set-aside.ts';
import type { Text } from '../text/index.ts';
import { createRemoteClock, skewsOf, skewWarnings, type Skews } from '../time.ts';
import { IDENTITY_FILE, POLICY_FILE, readYamlFile } from '../trust/index.ts';
import { sayingHowLong } from '../upstream.ts';
import {
  checkDevin,
  checkSlack,
  findGroups,
  findPermissions,
  missingPermission,
  slackError,
  type PermissionFound,
} from './checks.ts';

const SLACK_TIMEOUT_MS = 15_000;
const GROUP_SIGNS = { absent: 'missing', empty: 'warning', 'not-known': 'not-checkable' } as const;

/** Only `missing` fails: the app doesn't work without it. */
type Finding = { sign: 'ok' | 'missing' | 'warning' | 'not-checkable'; sentence: string };

/** What the doctor prints about these settings. */
export async function diagnose(
  settings: ConfigResult,
  text: Text,
): Promise<{ lines: string[]; isHealthy: boolean }> {
  const findings = await find(settings, text);
  const isHealthy = findings.every(({ sign }) => sign !== 'missing');
  // What keeps both tokens from being checked is said once.
  const lines = new Set(findings.map(({ sign, sentence }) => `${text.doctor.signs[sign]}  ${sentence}`));
  return { lines: [...lines, '', isHealthy ? text.doctor.healthy : text.doctor.unhealthy], isHealthy };
}

async function find(settings: ConfigResult, text: Text): Promise<Finding[]> {
  const misspelled = settings.misspelled.map(({ name, meant }): Finding => ({
    sign: 'warning',
    sentence: text.config.misspelled(name, meant),
  }));
  const findings: Finding[] = settings.ok
    ? [{ sign: 'ok', sentence: text.doctor.settings }, ...(await examine(settings.config, text))]
    : settings.problems.map((sentence) => ({ sign: 'missing', sentence }));
  return [...misspelled, ...findings];
}

/** What Slack, Devin, the files and the database say; nothing is changed. */
async function examine(config: Config, text: Text): Promise<Finding[]> {
  useProxy(config.proxy);
  const clocks = { slack: createRemoteClock(), devin: createRemoteClock() };
  const slackFetch = clocks.slack.observe(fetch);
  const devin = createDevin({ ...config.devin, fetch: clocks.devin.observe(fetch) });
  const found = await Promise.all([
    examineBot(config.slack, slackFetch, text),
    examineSocket(config.slack, text),
    examineDevin({ devin, config, text }),
    examineFiles(config, text),
    examineStore(config.store, text),
  ]);
  const skews = skewsOf({ slack: clocks.slack.nowMs, devin: clocks.devin.nowMs }, Date.now);
  return [...found.flat(), ...clockFindings(skews, text)];
}

function clockFindings(skews: Skews, text: Text): Finding[] {
  if (skews.slack() === null || skews.devin() === null) return [];
  const warnings = skewWarnings(skews, text).map((sentence): Finding => ({ sign: 'warning', sentence }));
  return warnings.length > 0 ? warnings : [{ sign: 'ok', sentence: text.doctor.clock }];
}

type Slack = Config['slack'];

function clientOf({ apiUrl }: Slack, token: string, observed = fetch): WebClient {
  return new WebClient(token, {
    retryConfig: { retries: 0 },
    // Nobody waits for Slack without an end, nor as long as a rate limit asks for.
    timeout: SLACK_TIMEOUT_MS,
    rejectRateLimitedCalls: true,
    // The findings say what failed.
    logLevel: LogLevel.ERROR,
    fetch: sayingHowLong(observed),
    ...(apiUrl !== null && { slackApiUrl: apiUrl }),
  });
}

async function examineBot(slack: Slack, observed: typeof fetch, text: Text): Promise<Finding[]> {
  const { botToken } = slack;
  return examined(async () => {
    const client = clientOf(slack, botToken, observed);
    const { workspaceUrl, scopes } = await checkSlack({ client, botToken });
    return [{ sign: 'ok', sentence: text.doctor.slack(workspaceUrl) }, ...scopeFindings(scopes, text)];
  }, text);
}

function scopeFindings(granted: readonly string[] | null, { doctor }: Text): Finding[] {
  if (granted === null) return [{ sign: 'not-checkable', sentence: doctor.scopesUnknown }];
  const missing = missingScopes(granted);
  if (missing.length === 0) return [{ sign: 'ok', sentence: doctor.scopes(manifestScopes().length) }];
  return missing.map((scope) => ({ sign: 'missing', sentence: doctor.noScope(scope) }));
}

async function examineSocket(slack: Slack, text: Text): Promise<Finding[]> {
  if (slack.transport.kind === 'http')
    return [{ sign: 'not-checkable', sentence: text.doctor.signingSecret(slack.command) }];
  try {
    await clientOf(slack, slack.transport.appToken).apps.connections.open({});
    return [{ sign: 'ok', sentence: text.doctor.socket }];
  } catch (error) {
    return [failure(slackError(error, 'SLACK_APP_TOKEN'), text)];
  }
}

type DevinParts = { devin: ReturnType<typeof createDevin>; config: Config; text: Text };

async function examineDevin({ devin, config, text }: DevinParts): Promise<Finding[]> {
  const { orgId } = config.devin;
  return examined(async () => {
    const problems = await checkDevin({ devin, orgId });
    if (problems.length > 0) return problems.map((say) => ({ sign: 'missing', sentence: say(text) }));
    const permissions = await findPermissions({ devin, impersonation: config.impersonation });
    const isElsewhere = permissions.some(({ holding, needed }) => needed && holding === 'elsewhere');
    return isElsewhere
      ? [{ sign: 'missing', sentence: text.start.organizationNotFound(orgId) }]
      : [
          { sign: 'ok', sentence: text.doctor.devin },
          { sign: 'ok', sentence: text.doctor.permission('ReadAccountMeta') },
          ...permissions.map((one) => permissionFinding(one, text)),
        ];
  }, text);
}

function permissionFinding({ permission, holding, needed }: PermissionFound, text: Text): Finding {
  const { doctor } = text;
  if (holding === 'held') return { sign: 'ok', sentence: doctor.permission(permission) };
  if (holding === 'missing')
    return { sign: needed ? 'missing' : 'warning', sentence: missingPermission(permission, text) };
  return {
    sign: 'not-checkable',
    sentence: doctor.notCheckable.get(permission) ?? doctor.unclear(permission),
  };
}

async function examined(check: () => Promise<Finding[]>, text: Text): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [failure(error, text)];
  }
}

/** Slack's rate limit says nothing about the settings. */
function failure(error: OperatorError, text: Text): Finding {
  return { sign: error.code === 'slack-busy' ? 'not-checkable' : 'missing', sentence: error.say(text) };
}

async function examineFiles({ policyFile, identityFile, slack }: Config, text: Text): Promise<Finding[]> {
  const policy = policyFile === null ? null : await readYamlFile(policyFile, POLICY_FILE, text);
  const mapping = identityFile === null ? null : await readYamlFile(identityFile, IDENTITY_FILE, text);
  return [
    ...(policy === null ? [] : fileFindings('POLICY_FILE', policy, text)),
    ...(policy?.ok === true ? await groupFindings(slack, policy.value, text) : []),
    ...(mapping === null ? [] : fileFindings('IDENTITY_FILE', mapping, text)),
  ];
}

type FileRead = { ok: true } | { ok: false; problems: string[] };

function fileFindings(variable: string, read: FileRead, { doctor }: Text): Finding[] {
  if (read.ok) return [{ sign: 'ok', sentence: doctor.file(variable) }];
  return read.problems.map((problem) => ({ sign: 'missing', sentence: `${variable} ${problem}` }));
}

async function groupFindings(slack: Slack, policy: Policy, { doctor }: Text): Promise<Finding[]> {
  const found = await findGroups(clientOf(slack, slack.botToken), policy);
  if (found.length > 0 && found.every(({ kind }) => kind === 'fine'))
    return [{ sign: 'ok', sentence: doctor.groups.fine(found.length) }];
  return found.flatMap(({ id, kind }) =>
    kind === 'fine' ? [] : [{ sign: GROUP_SIGNS[kind], sentence: doctor.groups[kind](id) }],
  );
}

/** What the app set aside. There is no database before its first start. */
async function examineStore(config: Config['store'], text: Text): Promise<Finding[]> {
  const { databaseUrl, dataDir } = config;
  const isNew = databaseUrl === null && contentOf(dataDir) === 'nothing';
  if (isNew)
    return isWritable(resolve(dataDir))
      ? []
      : [{ sign: 'missing', sentence: text.store.unusable(resolve(dataDir)) }];
  try {
    const counts = await readSetAside(config);
    return counts === null ? [] : setAsideFindings(counts, text);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return error.code === 'folder-in-use'
      ? [{ sign: 'not-checkable', sentence: text.doctor.databaseInUse }]
      : [{ sign: 'missing', sentence: error.say(text) }];
  }
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

function setAsideFindings(counts: Record<string, number>, { doctor }: Text): Finding[] {
  const found = Object.entries(counts).map(([kind, count]): Finding => ({
    sign: 'warning',
    sentence: doctor.setAside(kind, count),
  }));
  return found.length > 0 ? found : [{ sign: 'ok', sentence: doctor.noneSetAside }];
}
