import type { Devin } from '../devin/devin.ts';
import { refusesKey } from '../devin/errors.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Enqueue } from '../queue/index.ts';
import { pendingApproval } from '../session/approval.ts';
import { applyDefaults, type WithNames } from '../session/defaults.ts';
import { type Mapping, isAdministrator } from '../session/identity.ts';
import type { Policy } from '../session/policy/schema.ts';
import { DEFAULT_DAYS } from '../session/usage.ts';
import { shownIdentity, cardView } from '../slack/card-view.ts';
import { cardMessage } from '../slack/edge/places.ts';
import { type Slack, identifyBot, missingScopes } from '../slack/edge/slack.ts';
import { renderHome, type Home } from '../slack/views/home.ts';
import { keyRefused } from '../slack/views/notices.ts';
import type { Person } from '../store/identities.ts';
import { findThread } from '../store/requests.ts';
import { shownKey } from '../store/shown.ts';
import type { Store } from '../store/store.ts';
import { countSetAside } from '../store/thread-messages.ts';
import type { Text } from '../text/index.ts';
import { inTime } from '../time.ts';
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

const SHOWN_SESSIONS = 10;
const SHOWN_APPROVALS = 10;
/** How long a Home waits for each part. */
const ASKED_MS = 5000;
const EVERYONE = { scope: 'workspace', by: 'person', days: DEFAULT_DAYS } as const;

/** Draws a person's App Home as things are now: `TEAM:USER`. */
export function createHome(c: HomeContext) {
  return async (subject: string): Promise<null> => {
    const [teamId = '', userId = ''] = subject.split(':');
    const { channelId = null } = (await c.store.shown.find(shownKey('home', subject))) ?? {};
    if (channelId === null) return null;
    const text = await c.slack.textFor(userId);
    const home = await homeOf(c, { teamId, userId, channelId }, text);
    await c.slack.outbound.publishHome(userId, renderHome(home, text));
    return null;
  };
}

/** Without what Slack and Devin don't tell now. */
async function homeOf(c: HomeContext, owner: Owner, text: Text): Promise<Home> {
  const { settings } = c.store;
  const { userId, channelId } = owner;
  const isAdmin = isAdministrator(await orNull(c, c.slack.people.find(userId)));
  const [identity, health, everyone] = await Promise.all([
    orNull(c, c.resolve(owner).catch(keyRefused)),
    isAdmin ? healthOf(c) : null,
    orNull(c, c.usage.report(owner, EVERYONE)),
  ]);
  return {
    ...(await ownSessions(c, owner, text)),
    approvals: await ownApprovals(c, owner, text),
    channelId,
    command: c.command,
    runsAs: shownIdentity(identity, text),
    defaults: c.withNames(applyDefaults(await settings.layersFor(owner))),
    preferences: await settings.preferencesFor(owner),
    health,
    everyone,
  };
}

async function orNull<T>({ tuning: { log } }: HomeContext, asking: Promise<T>): Promise<T | null> {
  return inTime<T | null>(asking, { withinMs: ASKED_MS, otherwise: null, what: 'a Home', log });
}

async function ownSessions(
  c: HomeContext,
  owner: Owner,
  text: Text,
): Promise<Pick<Home, 'sessions' | 'hasMore'>> {
  const { requestIds, hasMore } = await c.store.listing.mostPressing({ ...owner, limit: SHOWN_SESSIONS });
  const entries = requestIds.map(async (id) => {
    const thread = await findThread(c.store, id);
    if (thread === null) return [];
    const card = cardView({ ...thread, nowMs: c.tuning.now() }, text);
    return [{ card, thread: c.slack.outbound.permalink(cardMessage(thread.request)) }];
  });
  return { sessions: (await Promise.all(entries)).flat(), hasMore };
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

/** What an administrator should know of the app. */
async function healthOf(c: HomeContext): Promise<Home['health']> {
  const { store, devin, slack } = c;
  const answers = devin.self.get().then(
    () => 'well' as const,
    (error: unknown) => {
      if (!refusesKey(error)) throw error;
      return 'key-refused' as const;
    },
  );
  const [inSlack, inDevin, counts] = await Promise.all([
    orNull(c, identifyBot(slack.answers)),
    orNull(c, answers),
    orNull(c, countSetAside(store.db)),
  ]);
  return {
    devin: inDevin,
    missingScopes: missingScopes(inSlack?.scopes ?? null),
    setAside: Object.values(counts ?? {}).reduce((total, count) => total + count, 0),
    files: (['policy', 'mapping'] as const).filter((file) => c[file].problems().length > 0),
  };
}
