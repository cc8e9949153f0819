import { refusesKey } from '../devin/errors.ts';
import { nullIfFails } from '../log.ts';
import { isAdministrator } from '../session/identity.ts';
import { identifyBot, missingScopes } from '../slack/edge/slack.ts';
import type { HomeFile, HomeHealth } from '../slack/views/home.ts';
import { countSetAside } from '../store/set-aside.ts';
import type { HomeContext } from './index.ts';

/** The health of the app, for administrators; null: for everyone else. */
export async function healthFor(
  { store, devin, slack, tuning: { log } }: HomeContext,
  userId: string,
): Promise<HomeHealth | null> {
  const { answers: client, people } = slack;
  const orNull = async <T>(asking: Promise<T>): Promise<T | null> =>
    nullIfFails(asking, log, 'a part of the health in a Home could not be looked up');

  if (!isAdministrator(await orNull(people.find(userId)))) return null;
  const [inSlack, inDevin, counts] = await Promise.all([
    orNull(identifyBot(client)),
    orNull(keyIn(devin)),
    orNull(countSetAside(store.db)),
  ]);
  const sum = Object.values(counts ?? {}).reduce((total, count) => total + count, 0);
  return {
    database: counts !== null,
    devin: inDevin !== null,
    slack: inSlack !== null,
    keyRefused: inDevin === 'refused',
    missingScopes: missingScopes(inSlack?.scopes ?? null),
    setAside: sum,
  };
}

async function keyIn({ self }: HomeContext['devin']): Promise<'accepted' | 'refused'> {
  try {
    await self.get();
    return 'accepted';
  } catch (error) {
    if (refusesKey(error)) return 'refused';
    throw error;
  }
}

/** The state of the files that a person may see: both for administrators, the policy for its owners. */
export async function filesFor(
  { policy, mapping, slack, usage }: HomeContext,
  userId: string,
): Promise<HomeFile[]> {
  if (!(await usage.mayAll(userId))) return [];
  const isAdmin = isAdministrator(await slack.people.find(userId));
  const files: HomeFile[] = [];
  if (policy.isOk() !== null)
    files.push({ kind: 'policy', entries: policy.current().rules.length, problems: policy.problems() });
  if (isAdmin && mapping.isOk() !== null)
    files.push({ kind: 'identity', entries: mapping.current().people.length, problems: mapping.problems() });
  return files;
}
