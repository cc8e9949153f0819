import type { WebClient } from '@slack/web-api';
import type { CallOptions } from '../devin/client.ts';
import type { Devin } from '../devin/devin.ts';
import { DevinError, refusesKey } from '../devin/errors.ts';
import { slackFailure } from '../slack/edge/errors.ts';
import { identifyBot, type BotIdentity } from '../slack/edge/slack.ts';
import { OperatorError, type Say } from '../text/operator-error.ts';

/** Who the app is in Slack. Throws an OperatorError if the token doesn't work. */
export async function checkSlack(
  client: WebClient,
  botToken: string,
): Promise<BotIdentity & { scopes: string[] | null }> {
  try {
    const bot = await identifyBot(client);
    if (bot !== null) return { botToken, ...bot };
    const say: Say = ({ config }) => `SLACK_BOT_TOKEN ${config.variables.SLACK_BOT_TOKEN}`;
    throw new OperatorError('not-a-bot', say);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw slackError(error, 'SLACK_BOT_TOKEN');
  }
}

/** `token`: which one the call was made with. Rethrows anything that isn't a failure of the Web API. */
export function slackError(error: unknown, token: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN'): OperatorError {
  // Of Slack's client, if an answer is JSON but no object.
  const failure = error instanceof TypeError ? { kind: 'unclear' as const } : slackFailure(error);
  if (failure.kind === 'refused')
    return new OperatorError('slack-token', ({ start }) => start.token(token, failure.code), {
      cause: error,
    });
  const reason = reasonOf(error);
  const say: Say = ({ start }) => start.unreachable('Slack', reason, 'SLACK_API_URL');
  return new OperatorError('slack-unreachable', say, { cause: error });
}

/** A proxy may answer with a page. */
const MOST_OF_REASON = 120;

/** What went wrong first, in the words of the system or a library: they name the host, the proxy's answer or the certificate. */
function reasonOf(error: unknown): string {
  return firstCause(error)?.message.split('\n', 1).join('').slice(0, MOST_OF_REASON) ?? '';
}

function firstCause(error: unknown): Error | null {
  if (!(error instanceof Error)) return null;
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  const cause = firstCause(causes[0]);
  return cause === null || cause.message === '' ? error : cause;
}

/** Throws an OperatorError for a wrong key or organization. Returns warnings: if Devin is down, requests wait for it. */
export async function checkDevin({
  devin,
  orgId,
  signal,
}: CallOptions & { devin: Pick<Devin, 'self'>; orgId: string }): Promise<Say[]> {
  try {
    const { orgId: ofKey, principalType } = await devin.self.get({ signal });
    if (ofKey !== null && !sameOrganization(ofKey, orgId)) {
      throw new OperatorError('other-organization', ({ start }) => start.otherOrganization);
    }
    return principalType === 'service_user' ? [] : [({ start }) => start.notAServiceUser];
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    if (refusesKey(error)) {
      throw new OperatorError('devin-key', ({ start }) => start.devinKey, { cause: error });
    }
    return [({ start }) => start.unreachable('Devin', reasonOf(error), 'DEVIN_API_URL')];
  }
}

/** Devin writes the same organization as `org-…` or `org_…`. */
function sameOrganization(one: string, other: string): boolean {
  return one.replace(/^org[-_]/, '') === other.replace(/^org[-_]/, '');
}
