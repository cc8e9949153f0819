import { WebClient } from '@slack/web-api';
import { checkDevin, checkPermissions, checkSlack } from './checks.ts';
import { readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createDevin } from './devin/devin.ts';
import { isForOperator } from './errors.ts';
import { en as text } from './text/index.ts';

/** `npm run doctor`: looks at the settings and at both sides, changes nothing, and says what is wrong. */
const read = readConfig();
const problems = read.ok ? await examine(read.config) : read.problems;
process.stdout.write(problems.length === 0 ? `${text.start.healthy}\n` : `${problems.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function examine({ slack: { botToken, apiUrl }, devin: settings }: Config): Promise<string[]> {
  const client = new WebClient(botToken, {
    retryConfig: { retries: 0 },
    ...(apiUrl !== null && { slackApiUrl: apiUrl }),
  });
  const { orgId } = settings;
  const devin = createDevin(settings);
  const found = await Promise.all([
    examined(async () => (await checkSlack({ client, botToken, text }), [])),
    examined(async () => checkDevin({ devin, orgId, text })),
    examined(async () => checkPermissions({ devin, orgId, text })),
  ]);
  return [...new Set(found.flat())];
}

async function examined(check: () => Promise<string[]>): Promise<string[]> {
  try {
    return await check();
  } catch (error) {
    if (!isForOperator(error)) throw error;
    return [error.message];
  }
}
