import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { cleanJson } from '../session/clean-text.ts';
import { slackFailure } from './errors.ts';

const userSchema = z.object({
  id: z.string(),
  team_id: z.string().nullish(),
  name: z.string().nullish(),
  deleted: z.boolean().nullish(),
  is_bot: z.boolean().nullish(),
  is_admin: z.boolean().nullish(),
  is_owner: z.boolean().nullish(),
  is_restricted: z.boolean().nullish(),
  is_ultra_restricted: z.boolean().nullish(),
  is_stranger: z.boolean().nullish(),
  is_email_confirmed: z.boolean().nullish(),
  profile: z
    .object({
      display_name: z.string().nullish(),
      real_name: z.string().nullish(),
      email: z.string().nullish(),
    })
    .nullish(),
});

/** https://docs.slack.dev/reference/objects/user-object */
export type SlackPerson = {
  userId: string;
  name: string;
  kind: 'member' | 'guest' | 'external' | 'bot' | 'deactivated';
  isAdmin: boolean;
  /** null where the profile has none, it is not confirmed, or the app may not read it. */
  email: string | null;
};

export type People = ReturnType<typeof createPeople>;

/** `teamId`: the workspace the app is installed in; whoever belongs to another one is external. */
export function createPeople({ client, teamId }: { client: WebClient; teamId: () => string }) {
  async function ask(asking: Promise<{ user?: unknown }>): Promise<SlackPerson | null> {
    try {
      const { user } = await asking;
      return toPerson(userSchema.parse(cleanJson(user)), teamId());
    } catch (error) {
      if (isNobody(error)) return null;
      throw error;
    }
  }

  return {
    /** null: Slack does not know the person. Throws when Slack cannot be asked. */
    find: async (userId: string) => ask(client.users.info({ user: userId })),
    /** Whose address it is; null: nobody's in this workspace. Throws when Slack cannot be asked. */
    findByEmail: async (email: string) => ask(client.users.lookupByEmail({ email })),
  };
}

/**
 * Other refusals, such as a missing scope, say nothing of the person.
 * https://docs.slack.dev/reference/methods/users.info#errors
 */
const NOBODY = new Set(['user_not_found', 'user_not_visible', 'users_not_found']);

function isNobody(error: unknown): boolean {
  if (error instanceof z.ZodError) return false;
  const failure = slackFailure(error);
  return failure.kind === 'refused' && NOBODY.has(failure.code);
}

function toPerson(user: z.infer<typeof userSchema>, ownTeamId: string): SlackPerson {
  const { profile } = user;
  const name = [profile?.display_name, profile?.real_name, user.name].find((candidate) => candidate);
  return {
    userId: user.id,
    name: name ?? user.id,
    kind: kindOf(user, ownTeamId),
    isAdmin: user.is_admin === true || user.is_owner === true,
    email: user.is_email_confirmed === false ? null : (profile?.email ?? null),
  };
}

function kindOf(user: z.infer<typeof userSchema>, ownTeamId: string): SlackPerson['kind'] {
  if (user.is_bot || user.id === 'USLACKBOT') return 'bot';
  if (user.is_stranger || (user.team_id && user.team_id !== ownTeamId)) return 'external';
  if (user.deleted) return 'deactivated';
  if (user.is_restricted || user.is_ultra_restricted) return 'guest';
  return 'member';
}
