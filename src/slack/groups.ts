import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { slackFailure } from './errors.ts';
import { forAMinute } from './for-a-minute.ts';

/** null: Slack doesn't say, for the lack of a scope or of the group. Throws when Slack cannot be asked. */
export type MembersOf = (groupId: string) => Promise<ReadonlySet<string> | null>;
/** An answer counts for a minute. */
export type IsInGroup = (groupId: string, userId: string) => Promise<boolean | null>;

export type Groups = {
  isIn: IsInGroup;
  /** User ids; an answer counts for a minute. */
  membersOf: MembersOf;
  /** As they are now. */
  membersNow: MembersOf;
};

const MAX_KNOWN = 1000;

const membersSchema = z.object({ users: z.array(z.string()) });

/** Who is in a user group. https://docs.slack.dev/reference/methods/usergroups.users.list */
export function createGroups({ client, now }: { client: WebClient; now: () => number }): Groups {
  async function membersNow(groupId: string): Promise<ReadonlySet<string> | null> {
    try {
      return new Set(membersSchema.parse(await client.usergroups.users.list({ usergroup: groupId })).users);
    } catch (error) {
      if (error instanceof z.ZodError || slackFailure(error).kind !== 'refused') throw error;
      return null;
    }
  }

  const membersOf = forAMinute(membersNow, { keyOf: (groupId) => groupId, most: MAX_KNOWN, now });
  return {
    isIn: async (groupId, userId) => (await membersOf(groupId))?.has(userId) ?? null,
    membersOf,
    membersNow,
  };
}
