import type { Devin } from '../devin/devin.ts';
import { nullIfFails } from '../log.ts';
import { checkSlack, refusesKey } from '../operator/checks.ts';
import { isAdministrator, type Mapping } from '../session/identity.ts';
import type { Policy } from '../session/policy/schema.ts';
import { missingScopes } from '../slack/edge/manifest-scopes.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { HomeFile, HomeHealth } from '../slack/views/home.ts';
import { countSetAside } from '../store/set-aside.ts';
import type { Store } from '../store/store.ts';
import type { FileSource, Spending } from '../trust/index.ts';
import { createHomePublisher, type PublishDeps } from './publish-home.ts';

export { createHomeRedrawer, type RedrawHome } from './publish-home.ts';

type HomeDeps = PublishDeps & {
  store: Pick<Store, 'db'>;
  devin: Pick<Devin, 'self'>;
  slack: Pick<Slack, 'answers' | 'people'>;
  policy: Pick<FileSource<Policy>, 'current' | 'problems'>;
  mapping: Pick<FileSource<Mapping>, 'current' | 'problems'>;
  usage: Spending;
  botToken: string;
};

/** Draws a person's App Home as things are now. When to try again, in ms; null: never. */
export function createHome(deps: HomeDeps) {
  return createHomePublisher(deps, { healthFor: createHealth(deps), filesFor: createFiles(deps) });
}

/** The health of the app, for administrators; null: for everyone else. */
function createHealth({ store, devin, slack, botToken, tuning: { log } }: HomeDeps) {
  const { answers: client, people } = slack;
  const orNull = async <T>(asking: Promise<T>): Promise<T | null> =>
    nullIfFails(asking, log, 'a part of the health in a Home could not be looked up');

  return async (userId: string): Promise<HomeHealth | null> => {
    if (!isAdministrator(await orNull(people.find(userId)))) return null;
    const [inSlack, inDevin, counts] = await Promise.all([
      orNull(checkSlack({ client, botToken })),
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
  };
}

async function keyIn({ self }: Pick<Devin, 'self'>): Promise<'accepted' | 'refused'> {
  try {
    await self.get();
    return 'accepted';
  } catch (error) {
    if (refusesKey(error)) return 'refused';
    throw error;
  }
}

/** The state of the files that a person may see: both for administrators, the policy for its owners. */
function createFiles({ policy, mapping, slack, usage }: HomeDeps) {
  return async (userId: string): Promise<HomeFile[]> => {
    if (!(await usage.mayAll(userId))) return [];
    const isAdmin = isAdministrator(await slack.people.find(userId));
    const rules = policy.current()?.rules;
    const people = isAdmin ? mapping.current()?.people : undefined;
    const files: HomeFile[] = [];
    if (rules !== undefined)
      files.push({ kind: 'policy', entries: rules.length, problems: policy.problems() });
    if (people !== undefined)
      files.push({ kind: 'identity', entries: people.length, problems: mapping.problems() });
    return files;
  };
}
