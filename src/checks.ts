import type { WebClient } from '@slack/web-api';
import { DevinError } from './devin/errors.ts';
import type { Devin } from './devin/devin.ts';
import { StartError } from './errors.ts';
import { slackFailure } from './slack/errors.ts';
import type { BotIdentity } from './slack/bolt.ts';
import type { Text } from './text/index.ts';

type SlackCheck = { client: WebClient; botToken: string; text: Text };
type DevinCheck = { devin: Pick<Devin, 'self' | 'sessions' | 'members'>; orgId: string; text: Text };

/** Who the app is in Slack. A token that does not work ends the start. */
export async function checkSlack({ client, botToken, text }: SlackCheck): Promise<BotIdentity> {
  try {
    const { bot_id: botId, user_id: botUserId, team_id: teamId, url } = await client.auth.test();
    if (!botId || !botUserId || !teamId) throw new StartError(text.start.notABot);
    return { botToken, botId, botUserId, teamId, workspaceUrl: url ?? null };
  } catch (error) {
    if (error instanceof StartError) throw error;
    const failure = slackFailure(error);
    throw new StartError(
      failure.kind === 'refused' ? text.start.slackToken(failure.code) : text.start.slackUnreachable,
      { cause: error },
    );
  }
}

/** A wrong key or organisation ends the start; a Devin that is down does not, since requests wait for it. */
export async function checkDevin({ devin, orgId, text }: DevinCheck): Promise<string[]> {
  try {
    const self = await devin.self.get();
    const keyOrg = 'org_id' in self ? self.org_id : null;
    if (typeof keyOrg === 'string' && !sameOrganisation(keyOrg, orgId)) {
      throw new StartError(text.start.otherOrganisation(keyOrg));
    }
    return self.principal_type === 'service_user' ? [] : [text.start.notAServiceUser];
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    if (error.code === 'unauthorized' || error.status === 403) {
      throw new StartError(text.start.devinKey, { cause: error });
    }
    return [text.start.devinUnreachable];
  }
}

/** Permissions that can be tried without changing anything: what is missing, and what stops working without it. */
export async function checkPermissions({ devin, orgId, text }: DevinCheck): Promise<string[]> {
  const problems = await Promise.all([
    attempt(async () => devin.sessions.list({ first: 1 }), 'ViewOrgSessions', { orgId, text }),
    attempt(async () => devin.members.findByEmail('nobody@invalid'), 'ViewOrgMembership', { orgId, text }),
  ]);
  return problems.flat();
}

async function attempt(
  call: () => Promise<unknown>,
  permission: 'ViewOrgSessions' | 'ViewOrgMembership',
  { orgId, text }: { orgId: string; text: Text },
): Promise<string[]> {
  try {
    await call();
    return [];
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    if (error.code === 'forbidden')
      return [`${text.devin.forbidden(permission)} ${text.devin.without[permission]}`];
    return error.code === 'not-found' ? [text.start.organisationNotFound(orgId)] : [];
  }
}

/** Accounts are issued `org-…` or `org_…` for the same organisation. */
function sameOrganisation(one: string, other: string): boolean {
  return one.replace(/^org[-_]/, '') === other.replace(/^org[-_]/, '');
}
