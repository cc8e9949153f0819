import type { Devin } from '../devin/devin.ts';
import { refusesKey } from '../devin/errors.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import { nullIfFails } from '../log.ts';
import type { Enqueue } from '../queue/index.ts';
import { pendingApproval } from '../session/approval.ts';
import { applyDefaults, type WithNames } from '../session/defaults.ts';
import { type LookedUpIdentity, type Mapping, isAdministrator } from '../session/identity.ts';
import type { Policy } from '../session/policy/schema.ts';
import { DEFAULT_DAYS } from '../session/usage.ts';
import { shownIdentity, unidentified, cardView } from '../slack/card-view.ts';
import { cardMessage } from '../slack/edge/places.ts';
import { type Slack, identifyBot, missingScopes } from '../slack/edge/slack.ts';
import { renderHome, type Home, type HomeFile, type HomeHealth } from '../slack/views/home.ts';
import { keyRefused } from '../slack/views/notices.ts';
import type { Person } from '../store/identities.ts';
import { shownKey } from '../store/shown.ts';
import type { Store } from '../store/store.ts';
import { countSetAside } from '../store/thread-messages.ts';
import type { Text } from '../text/index.ts';
import { sleep } from '../time.ts';
import type { Tuning } from '../times.ts';
import type { FileSource, Spending } from '../trust/index.ts';

/** What drawing a Home needs. */
export type HomeContext = {
  store: Pick<Store, 'db' | 'listing' | 'requests' | 'sessions' | 'settings' | 'shown'>;
  devin: Pick<Devin, 'self'>;
  slack: Pick<Slack, 'answers' | 'outbound' | 'people' | 'textFor'>;
  resolve: ResolveIdentity;
  withNames: WithNames;
  policy: Pick<FileSource<Policy>, 'problems'>;
  mapping: Pick<FileSource<Mapping>, 'problems'>;
  usage: Spending;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

type Owner = Person & { channelId: string };
/** What Slack and Devin have to be asked for. `looking`: not known yet. */
type HomeParts = Pick<Home, 'health' | 'files' | 'everyone'> & { identity: LookedUpIdentity | 'looking' };

const NOT_KNOWN_YET: HomeParts = { identity: 'looking', health: null, files: [], everyone: null };
const SHOWN_SESSIONS = 10;
const SHOWN_APPROVALS = 10;
/** How long the first picture waits to know who sessions run as. */
const IDENTITY_WAIT_MS = 1000;

/** Draws a person's App Home as things are now: `TEAM:USER`. When to try again, in ms; null: never. */
export function createHome(c: HomeContext) {
  return async (subject: string): Promise<null> => {
    const [teamId = '', userId = ''] = subject.split(':');
    const { channelId = null } = (await c.store.shown.find(shownKey('home', subject))) ?? {};
    if (channelId === null) return null;
    const owner = { teamId, userId, channelId };
    const looking = lookUp(c, owner);
    const over = new AbortController();
    const waited = sleep(IDENTITY_WAIT_MS, over.signal).then(() => null);
    const lookedUp = await Promise.race([looking, waited]);
    over.abort();
    if (lookedUp !== null) return publish(c, owner, lookedUp);
    await publish(c, owner, NOT_KNOWN_YET);
    return publish(c, owner, await looking);
  };
}

const EVERYONE = { scope: 'workspace', by: 'person', days: DEFAULT_DAYS } as const;

async function lookUp(c: HomeContext, person: Owner): Promise<HomeParts> {
  const { log } = c.tuning;
  const { userId } = person;
  const [identity, health, files, everyone] = await Promise.all([
    nullIfFails(c.resolve(person).catch(keyRefused), log, 'a Home could not show who sessions run as'),
    healthFor(c, userId),
    nullIfFails(filesFor(c, userId), log, 'a Home could not show the policy and the identity file'),
    nullIfFails(c.usage.report(person, EVERYONE), log, 'a Home could not show what everyone used'),
  ]);
  return { identity, health, files: files ?? [], everyone };
}

async function publish(c: HomeContext, owner: Owner, lookedUp: HomeParts): Promise<null> {
  const { settings } = c.store;
  const preferences = await settings.preferencesFor(owner);
  const text = await c.slack.textFor(owner.userId);
  const { identity, ...known } = lookedUp;
  const home: Home = {
    ...known,
    ...(await ownSessions(c, owner, text)),
    approvals: await ownApprovals(c, owner, text),
    channelId: owner.channelId,
    command: c.command,
    runsAs: identity === 'looking' ? unidentified(text.home.looking) : shownIdentity(identity, text),
    defaults: c.withNames(applyDefaults(await settings.layersFor(owner))),
    preferences,
    drawnAtMs: c.tuning.now(),
  };
  await c.slack.outbound.publishHome(owner.userId, renderHome(home, text));
  return null;
}

async function ownSessions(
  { store: { listing, requests, sessions }, slack: { outbound }, tuning }: HomeContext,
  owner: Owner,
  text: Text,
): Promise<Pick<Home, 'sessions' | 'hasMore'>> {
  const { requestIds, total } = await listing.mostPressing({ ...owner, limit: SHOWN_SESSIONS });
  const entries = requestIds.map(async (id) => {
    const [request, session] = await Promise.all([requests.find(id), sessions.ofRequest(id)]);
    if (request === null) return [];
    const card = cardView({ request, session, nowMs: tuning.now() }, text);
    return [{ card, thread: outbound.permalink(cardMessage(request)) }];
  });
  return { sessions: (await Promise.all(entries)).flat(), hasMore: total > requestIds.length };
}

/** What waits for this person's approval. */
async function ownApprovals(
  { store: { listing, requests }, tuning }: HomeContext,
  owner: Owner,
  text: Text,
): Promise<Home['approvals']> {
  const found = await listing.approvalsFor({ ...owner, limit: SHOWN_APPROVALS });
  const entries = found.map(async ({ requestId }) => {
    const request = await requests.find(requestId);
    const pending = request === null ? null : pendingApproval(request);
    if (request === null || pending === null) return [];
    const card = cardView({ request, session: null, nowMs: tuning.now() }, text);
    return [{ card, requestId, number: pending.number }];
  });
  return (await Promise.all(entries)).flat();
}

/** How long after it was opened a Home may still be in view. */
const OPEN_MS = 30 * 60_000;

type RedrawContext = {
  store: Pick<Store, 'shown'>;
  enqueue: Enqueue;
  tuning: Pick<Tuning, 'homePauseMs'>;
};

/** Redraws a person's Home, if they may be looking at it. */
export function createHomeRedrawer({ store: { shown }, enqueue, tuning }: RedrawContext) {
  return async ({ teamId, userId }: Person): Promise<void> => {
    const key = shownKey('home', teamId, userId);
    const { triedMsAgo: openedMsAgo = Infinity } = (await shown.find(key)) ?? {};
    if (openedMsAgo < OPEN_MS) await enqueue('show', { key }, { startAfterMs: tuning.homePauseMs });
  };
}

/** The health of the app, for administrators; null: for everyone else. */
async function healthFor(
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

/** The files with errors that a person may see: both for administrators, the policy for its owners. */
async function filesFor({ policy, mapping, slack, usage }: HomeContext, userId: string): Promise<HomeFile[]> {
  if (!(await usage.mayAll(userId))) return [];
  const isAdmin = isAdministrator(await slack.people.find(userId));
  const files: HomeFile[] = [
    { kind: 'policy', problems: policy.problems() },
    { kind: 'identity', problems: isAdmin ? mapping.problems() : [] },
  ];
  return files.filter(({ problems }) => problems.length > 0);
}
