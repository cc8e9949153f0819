import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { slackFailure } from './errors.ts';

/** null: Slack doesn't say, for the lack of a scope or of the group. Throws when Slack cannot be asked. */
export type IsInGroup = (groupId: string, userId: string) => Promise<boolean | null>;

const KNOWN_FOR_MS = 60_000;
const MAX_KNOWN = 1000;

const membersSchema = z.object({ users: z.array(z.string()) });

/** Who is in a user group; an answer counts for a minute. https://docs.slack.dev/reference/methods/usergroups.users.list */
export function createGroups({ client, now }: { client: WebClient; now: () => number }): IsInGroup {
  const known = new Map<string, { members: ReadonlySet<string> | null; atMs: number }>();

  async function fresh(groupId: string): Promise<ReadonlySet<string> | null> {
    try {
      return new Set(membersSchema.parse(await client.usergroups.users.list({ usergroup: groupId })).users);
    } catch (error) {
      if (error instanceof z.ZodError || slackFailure(error).kind !== 'refused') throw error;
      return null;
    }
  }

  return async (groupId, userId) => {
    const before = known.get(groupId);
    if (before !== undefined && now() - before.atMs < KNOWN_FOR_MS)
      return before.members?.has(userId) ?? null;
    const members = await fresh(groupId);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(groupId, { members, atMs: now() });
    return members?.has(userId) ?? null;
  };
}
