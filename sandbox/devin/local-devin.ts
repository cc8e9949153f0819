import { createChanges, type WaitOptions } from '../changes.ts';
import { createLoopbackServer, listen, shut } from '../loopback.ts';
import { en } from '../sample/en.ts';
import { createJournal, type RecordedRequest } from './journal.ts';
import { createMembers, type Permission, type Member, PERMISSIONS } from './members.ts';
import type { Schedule } from './player.ts';
import { attachmentRoutes, createUploads } from './routes/attachments.ts';
import { type Catalog, referenceRoutes } from './routes/reference.ts';
import { sessionRoutes } from './routes/sessions.ts';
import type { DevinWords, Script } from './scripts.ts';
import { createRequestFaults, type FaultMatch, type RequestFault, createGate, serve } from './server.ts';
import type { LocalSession } from './session-state.ts';
import { SERVICE_USER_ID, toResponse, type WireContext, type IdForm } from './session-wire.ts';
import { createSessions } from './sessions.ts';

const API_KEY = 'cog_local_9b4d2e6f8a1c';

/** Some of what a test waits for here takes the app half a minute. */
const PATIENCE_MS = 50_000;

export type LocalDevin = Awaited<ReturnType<typeof createLocalDevin>>;

export async function createLocalDevin(options: LocalDevinOptions = {}) {
  const settings = withDefaults(options);
  const server = createLoopbackServer();
  const { origin } = await listen(server);
  const world = createWorld(settings, origin);
  const routes = [...sessionRoutes(world), ...attachmentRoutes(world), ...referenceRoutes(world)];
  serve(server, { ...world, answer: createGate({ ...world, routes, apiKey: API_KEY }) });
  return {
    /** Base address, without a slash at its end. */
    url: origin,
    orgId: world.orgId,
    apiKey: API_KEY,
    serviceUserId: SERVICE_USER_ID,
    ...controls(world),
    /** A session as the API answers it. */
    wire: (id: string) => toResponse(world.sessions.get(id), world, true),
    /** Breaks every connection and leaves nothing running. Can be called twice. */
    async stop(): Promise<void> {
      world.sessions.stop();
      await shut(server);
    },
  };
}

/** The settings, and the state behind the server. */
export type World = ReturnType<typeof createWorld>;

function createWorld(settings: ReturnType<typeof withDefaults>, origin: string) {
  const { orgId, now } = settings;
  const problems: string[] = [];
  const changes = createChanges<void>(() => problems);
  const members = createMembers();
  settings.members.forEach((member) => members.add(member));
  const uploads = createUploads({ origin, orgId });
  const catalog: Catalog = { playbooks: [], notes: [], secrets: [], repositories: [], ...settings.catalog };
  return {
    ...settings,
    members,
    uploads,
    catalog,
    changes,
    problems,
    /** A call that the real API accepts or answers badly, but a careful client doesn't make. */
    report: (problem: string): void => void problems.push(problem),
    permissions: new Set<Permission>(settings.permissions),
    sessions: createSessions({ ...settings, changes, uploads }),
    faults: createRequestFaults(),
    journal: createJournal({ now, changes }),
  };
}

function controls({
  permissions,
  catalog,
  members,
  uploads,
  problems,
  sessions,
  faults,
  journal,
  changes,
}: World) {
  const requests: readonly RecordedRequest[] = journal.requests;
  return {
    /** Live: remove one, and the endpoints that need it answer 403. */
    permissions,
    requests,
    sessions: sessions.all,
    uploads: uploads.all,
    /** Calls that a careful client doesn't make. */
    problems,
    createdCount: () => sessions.all.length,
    /** By either form of the id; throws for an unknown one. */
    session: sessions.get,
    /** `session_secrets` with their values, which nothing else shows. */
    secretsOf: sessions.secretsOf,
    addMember: members.add,
    removeMember: members.remove,
    hasMember: members.has,
    /** What people can pick from, live. */
    catalog,
    /** As if the app had asked. */
    create: sessions.create,
    script: sessions.script,
    step: sessions.step,
    advance: sessions.change,
    /** In the web app. */
    archive: sessions.archive,
    fail: (match: FaultMatch, fault: RequestFault = {}) => faults.plan(match, fault),
    clearFaults: faults.clear,
    /** Tells of each change. Returns how to stop listening. */
    subscribe: changes.subscribe,
    /** The first matching request, past or future; checks again when a request is answered. */
    waitForRequest: async (isWanted: (request: RecordedRequest) => boolean, wait?: WaitOptions) =>
      changes.waitFor(() => requests.find(isWanted), { timeoutMs: PATIENCE_MS, what: 'a request', ...wait }),
    /** The first matching session, now or after any change. */
    waitForSession: async (isWanted: (session: LocalSession) => boolean, wait?: WaitOptions) =>
      changes.waitFor(() => sessions.all.find(isWanted), {
        timeoutMs: PATIENCE_MS,
        what: 'a session',
        ...wait,
      }),
  };
}

export type LocalDevinOptions = {
  orgId?: string;
  members?: readonly Member[];
  /** What people can pick from at first. Default: nothing. */
  catalog?: Partial<Catalog>;
  /** The service user's permissions. Default: all. */
  permissions?: readonly Permission[];
  /** Milliseconds. */
  now?: () => number;
  /** By which scripts play by themselves, after so many milliseconds. Default: they play only by `step`. */
  schedule?: Schedule | null;
  /** What sessions play until `script` says otherwise. */
  script?: Script;
  /** What Devin says. */
  words?: DevinWords;
  /** How answers write session ids. Default `bare`, as on the real API. */
  idForm?: IdForm;
  /** How the list understands `tags`. Default `any`. */
  tagsMatch?: WireContext['tagsMatch'];
  /** Whether a session that runs as a member names the service user that created it. Default: yes. */
  namesServiceUser?: boolean;
  /** The organization enforces tagging with these values. Default: it doesn't. */
  allowedTags?: readonly string[] | null;
};

const DEFAULTS = {
  orgId: 'org-4c1d8e7b2f',
  members: [],
  catalog: {},
  permissions: PERMISSIONS,
  now: Date.now,
  schedule: null,
  script: 'normal',
  words: en.devin,
  idForm: 'bare',
  tagsMatch: 'any',
  namesServiceUser: true,
  allowedTags: null,
} as const satisfies LocalDevinOptions;

/** Every option with a value. */
const withDefaults = (options: LocalDevinOptions) => ({ ...DEFAULTS, ...options });
