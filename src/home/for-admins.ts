import { nullIfFails, type Log } from '../log.ts';
import { isAdministrator, type Mapping } from '../session/identity.ts';
import type { Policy } from '../session/policy/index.ts';
import type { HomeFile, HomeHealth } from '../slack/blocks/home-settings.ts';
import { missingScopes } from '../slack/manifest-scopes.ts';
import type { People } from '../slack/people.ts';
import type { MayAll } from '../trust/index.ts';

type HealthDeps = {
  people: Pick<People, 'find'>;
  /** The scopes that Slack granted; null: it doesn't say. Rejects if Slack doesn't answer. */
  grantedScopes: () => Promise<readonly string[] | null>;
  /** Rejects if Devin doesn't answer, or refuses the key. */
  askDevin: () => Promise<unknown>;
  countSetAside: () => Promise<Record<string, number>>;
  log: Log;
};

/** How the app is, for administrators; null: for everyone else. */
export function createHomeHealth(deps: HealthDeps) {
  const { people, grantedScopes, askDevin, countSetAside, log } = deps;

  const orNull = async <T>(asking: Promise<T>): Promise<T | null> =>
    nullIfFails(asking, log, 'a part of the health in a Home could not be looked up');

  return async (userId: string): Promise<HomeHealth | null> => {
    if (!isAdministrator(await orNull(people.find(userId)))) return null;
    const [slack, devin, counts] = await Promise.all([
      orNull(grantedScopes().then((granted) => ({ granted }))),
      orNull(askDevin().then(() => true)),
      orNull(countSetAside()),
    ]);
    const sum = Object.values(counts ?? {}).reduce((total, count) => total + count, 0);
    return {
      database: counts !== null,
      devin: devin !== null,
      slack: slack !== null,
      missingScopes: missingScopes(slack?.granted ?? null),
      setAside: sum,
    };
  };
}

type Followed<T> = { current: () => T | null; problems: () => readonly string[] };

type FilesDeps = {
  policy: Followed<Policy>;
  mapping: Followed<Mapping>;
  people: Pick<People, 'find'>;
  mayAll: MayAll;
};

/** How the files are that this person hears about: the policy for its owners, too, the identity file for administrators. */
export function createHomeFiles({ policy, mapping, people, mayAll }: FilesDeps) {
  return async (userId: string): Promise<HomeFile[]> => {
    if (!(await mayAll(userId))) return [];
    const isAdmin = isAdministrator(await people.find(userId));
    const [rules, mapped] = [policy.current(), isAdmin ? mapping.current() : null];
    return [
      ...(rules === null
        ? []
        : [{ kind: 'policy' as const, entries: rules.rules.length, problems: policy.problems() }]),
      ...(mapped === null
        ? []
        : [{ kind: 'identity' as const, entries: mapped.people.length, problems: mapping.problems() }]),
    ];
  };
}
