import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { cleanJson } from '../../bounds.ts';
import type { Log } from '../../log.ts';
import type { SlackPerson } from '../../session/identity.ts';
import type { PersonPattern } from '../../session/policy/patterns.ts';
import type { EffectivePreferences } from '../../session/preferences.ts';
import { NOBODY, type KnownPeople } from '../../store/identities.ts';
import type { Text } from '../../text/index.ts';
import type { Languages } from '../../text/languages.ts';
import { inTime, remembered } from '../../time.ts';
import { mentionedIn, replaceMentions } from '../views/text.ts';
import { isRefused, refusalCode, slackFailure, unlessRefused } from './errors.ts';

const words = z.string().nullish();
const flag = z.boolean().nullish();

const userSchema = z.object({
  id: z.string(),
  team_id: words,
  name: words,
  deleted: flag,
  is_bot: flag,
  is_admin: flag,
  is_owner: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  is_email_confirmed: flag,
  enterprise_user: z.object({ enterprise_id: words, teams: z.array(z.string()).nullish() }).nullish(),
  locale: words,
  profile: z.object({ display_name: words, real_name: words, email: words }).nullish(),
});
type User = z.infer<typeof userSchema>;

export type People = ReturnType<typeof createPeople>;

/** How long Slack's answer about a person counts, unless Slack reports a change. */
const KNOWN_FOR_MS = 5 * 60 * 1000;

export function createPeople(c: {
  client: WebClient;
  /** The workspace the app is installed in; people of others are external. */
  teamId: () => string;
  knownPeople: Pick<KnownPeople, 'since' | 'remember'>;
  now: () => number;
}) {
  async function ask(asking: Promise<{ user?: unknown }>): Promise<SlackPerson | null> {
    try {
      const { user } = await asking;
      return toPerson(userSchema.parse(cleanJson(user)), c.teamId());
    } catch (error) {
      if (NOBODY_CODES.has(refusalCode(error) ?? '')) return null;
      throw error;
    }
  }

  /** null: Slack doesn't know the person. Throws if Slack can't be asked. `forMs`: how long an answer counts. */
  async function find(userId: string, forMs = KNOWN_FOR_MS): Promise<SlackPerson | null> {
    const who = { teamId: c.teamId(), userId };
    const askedAtMs = c.now();
    const known = await c.knownPeople.since(who, new Date(askedAtMs - forMs), new Date(askedAtMs));
    if (known !== null) return known === NOBODY ? null : known;
    const person = await ask(c.client.users.info({ user: userId, include_locale: true }));
    await c.knownPeople.remember(who, person ?? NOBODY, new Date(askedAtMs));
    return person;
  }

  return {
    find,
    /**
     * Whether a member of another workspace is also of this one, as in an Enterprise organization. The id alone doesn't
     * say so: people of other organizations may have the same. Throws if Slack can't be asked.
     */
    async isOfBoth(userId: string, otherTeamId: string): Promise<boolean> {
      const person = await find(userId);
      return person?.kind !== 'external' && person?.workspaces?.includes(otherTeamId) === true;
    },
    /** null: nobody in this workspace has the address, or the app may not look. Throws if Slack can't be asked. */
    findByEmail: async (email: string): Promise<SlackPerson | null> =>
      unlessRefused(ask(c.client.users.lookupByEmail({ email }))),
  };
}

/**
 * Other refusals, such as a missing scope, say nothing about the person.
 * https://docs.slack.dev/reference/methods/users.info#errors
 */
const NOBODY_CODES = new Set(['user_not_found', 'user_not_visible', 'users_not_found']);

function toPerson(user: User, ownTeamId: string): SlackPerson {
  const { profile } = user;
  const name = [profile?.display_name, profile?.real_name, user.name].find((candidate) => candidate);
  return {
    userId: user.id,
    name: name ?? user.id,
    kind: kindOf(user, ownTeamId),
    isAdmin: user.is_admin === true || user.is_owner === true,
    email: user.is_email_confirmed === false ? null : (profile?.email ?? null),
    locale: user.locale ?? null,
    ...(user.enterprise_user && { workspaces: workspacesOf(user) }),
  };
}

/**
 * `team_id` names one of them, or none, in an Enterprise organization.
 * https://docs.slack.dev/reference/objects/user-object
 */
function workspacesOf({ team_id: one, enterprise_user: whole }: User): string[] {
  return [one, ...(whole?.teams ?? []), whole?.enterprise_id].flatMap((id) => id ?? []);
}

function kindOf(user: User, ownTeamId: string): SlackPerson['kind'] {
  if (user.is_bot || user.id === 'USLACKBOT') return 'bot';
  const workspaces = workspacesOf(user);
  if (user.is_stranger || (workspaces.length > 0 && !workspaces.includes(ownTeamId))) return 'external';
  if (user.deleted) return 'deactivated';
  if (user.is_restricted || user.is_ultra_restricted) return 'guest';
  return 'member';
}

export type Groups = ReturnType<typeof createGroups>;

const membersSchema = z.object({ users: z.array(z.string()) });

/** Who is in a user group. https://docs.slack.dev/reference/methods/usergroups.users.list */
export function createGroups({ client, now }: { client: WebClient; now: () => number }) {
  const list = async (groupId: string): Promise<ReadonlySet<string>> => {
    const listed = await client.usergroups.users.list({ usergroup: groupId });
    return new Set(membersSchema.parse(listed).users);
  };
  const known = async (groupId: string) => unlessRefused(list(groupId));
  const membersOf = remembered(known, { keyOf: (groupId) => groupId, now });
  return {
    /** null: Slack refuses to say, or has no such group. An answer counts for a minute. Throws if it can't be asked. */
    isIn: async (groupId: string, userId: string): Promise<boolean | null> =>
      (await membersOf(groupId))?.has(userId) ?? null,

    /**
     * The people that a list of the policy names. A group that doesn't exist is empty. `unread`: Slack refuses to list one of the
     * groups, for example because a scope is missing; null: all are listed. Throws if Slack can't be asked.
     */
    async idsOf(patterns: readonly PersonPattern[]) {
      const ids = new Set(patterns.flatMap((one) => (one.kind === 'user' ? [one.id] : [])));
      let unread: { error: unknown } | null = null;
      for (const one of patterns) {
        if (one.kind !== 'group') continue;
        try {
          for (const id of await list(one.id)) ids.add(id);
        } catch (error) {
          if (!isRefused(error)) throw error;
          if (!isAbsentGroup(error)) unread = { error };
        }
      }
      return { ids, unread };
    },
  };
}

/** Also of a disabled group. https://docs.slack.dev/reference/methods/usergroups.users.list#errors */
function isAbsentGroup(error: unknown): boolean {
  return refusalCode(error) === 'no_such_subteam';
}

/** Each id costs a call, of which Slack takes about 100 a minute. Beyond this many, the rest stay as they are. */
const MOST_NAMED = 30;

/** What turns the mentions in these texts into names. A name is a convenience: without Slack's answer there is none. */
export async function namesIn(texts: readonly string[], { find }: Pick<People, 'find'>) {
  const ids = [...new Set(texts.flatMap(mentionedIn))].slice(0, MOST_NAMED);
  const nameOf = async (id: string): Promise<string> => {
    const person = await find(id).catch((error: unknown) => (slackFailure(error), null));
    return person?.name ?? id;
  };
  const names = new Map(await Promise.all(ids.map(async (id) => [id, await nameOf(id)] as const)));
  return (text: string): string => replaceMentions(text, (id) => `@${names.get(id) ?? id}`);
}

/**
 * The texts for one person, in the language they chose, otherwise in that of their Slack. Never fails: without an
 * answer in time it uses the shared language.
 */
export type TextFor = (userId: string) => Promise<Text>;

/** Part of Slack's 3 s for an answer. Slack itself is asked only about people whom nobody looked up for a day. */
const LANGUAGE_MS = 500;
const LOCALE_FOR_MS = 24 * 60 * 60 * 1000;

export function createTextFor(c: {
  languages: Languages;
  people: Pick<People, 'find'>;
  preferencesFor: (userId: string) => Promise<Pick<EffectivePreferences, 'language'>>;
  log: Log;
}): TextFor {
  async function find(userId: string): Promise<Text> {
    const { language } = await c.preferencesFor(userId);
    if (language !== 'slack') return c.languages.forLocale(language);
    return c.languages.forLocale((await c.people.find(userId, LOCALE_FOR_MS))?.locale ?? null);
  }

  return async (userId) =>
    inTime(find(userId), {
      withinMs: LANGUAGE_MS,
      otherwise: c.languages.shared,
      what: 'the language of a person',
      log: c.log,
    });
}
