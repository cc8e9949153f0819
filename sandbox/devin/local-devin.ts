import type { Note, Playbook, Repository, Secret } from './catalog.ts';
import type { Fault, FaultHandle, FaultMatch } from './faults.ts';
import { createGate } from './gate.ts';
import type { RecordedRequest } from './journal.ts';
import type { Member } from './members.ts';
import { type LocalDevinOptions, withDefaults } from './options.ts';
import type { Permission } from './permissions.ts';
import type { SessionSecretInput } from './schemas.ts';
import type { Script } from './scripts.ts';
import { openServer } from './server.ts';
import type { LocalSession, SessionChange } from './session-state.ts';
import { createTimers } from './timers.ts';
import type { Upload } from './uploads.ts';
import { type World, createWorld, routesOf, SERVICE_USER } from './world.ts';

export type LocalDevin = {
  /** Base address, without a slash at its end. */
  url: string;
  orgId: string;
  apiKey: string;
  serviceUserId: string;
  /** Live: remove one, and the endpoints that need it answer 403. */
  permissions: Set<Permission>;
  requests: readonly RecordedRequest[];
  sessions: readonly LocalSession[];
  uploads: readonly Upload[];
  /** Calls that a careful client doesn't make. */
  problems: readonly string[];
  createdCount(): number;
  /** By either form of the id; throws for an unknown one. */
  session(id: string): LocalSession;
  /** `session_secrets` with their values, which nothing else shows. */
  secretsOf(id: string): readonly SessionSecretInput[];
  addMember(member: Member): void;
  removeMember(userId: string): void;
  addPlaybook(playbook: Playbook): void;
  addNote(note: Note): void;
  addSecret(secret: Secret): void;
  addRepository(repository: Repository): void;
  /** What sessions created from now on play. */
  script(script: Script): void;
  /** Plays the next step of a session's script; false when there is none, or it waits for a person. */
  step(id: string): boolean;
  /** Whether `step` would play one. */
  canStep(id: string): boolean;
  advance(id: string, change: SessionChange): void;
  fail(match: FaultMatch, fault?: Fault): FaultHandle;
  /** The first matching request, past or future; checks again when a request is answered. */
  waitForRequest(predicate: (request: RecordedRequest) => boolean): Promise<RecordedRequest>;
  /** The first matching session, now or after any change. */
  waitForSession(predicate: (session: LocalSession) => boolean): Promise<LocalSession>;
  /** Breaks every connection and leaves nothing running; waiting calls reject. Can be called twice. */
  stop(): Promise<void>;
};

export async function createLocalDevin(options: LocalDevinOptions = {}): Promise<LocalDevin> {
  const given = withDefaults(options);
  const timers = createTimers(given.schedule);
  const settings = { ...given, schedule: timers.schedule };
  const { orgId, apiKey } = settings;
  const server = await openServer(settings.port);
  const world = createWorld(settings, server.origin);
  const { permissions, journal } = world;
  const answer = createGate({
    routes: routesOf(world, settings),
    orgId,
    apiKey,
    permissions,
    report: journal.report,
  });
  server.serve({ ...settings, ...world, answer });
  return {
    url: server.origin,
    orgId,
    apiKey,
    serviceUserId: SERVICE_USER.id,
    ...controls(world),
    async stop() {
      timers.stop();
      world.signal.close();
      await server.close();
    },
  };
}

function controls(world: World): Omit<LocalDevin, 'url' | 'orgId' | 'apiKey' | 'serviceUserId' | 'stop'> {
  const { permissions, catalog, members, uploads, sessions, faults, journal, signal } = world;
  return {
    permissions,
    requests: journal.requests,
    sessions: sessions.all,
    uploads: uploads.all,
    problems: journal.problems,
    createdCount: () => sessions.all.length,
    session: sessions.get,
    secretsOf: sessions.secretsOf,
    addMember: members.add,
    removeMember: members.remove,
    addPlaybook: (playbook) => void catalog.playbooks.push(playbook),
    addNote: (note) => void catalog.notes.push(note),
    addSecret: (secret) => void catalog.secrets.push(secret),
    addRepository: (repository) => void catalog.repositories.push(repository),
    script: sessions.script,
    step: sessions.step,
    canStep: sessions.canStep,
    advance: sessions.change,
    fail: (match, fault = {}) => faults.fail(match, fault),
    waitForRequest: (predicate) => signal.waitFor(() => journal.requests.find(predicate)),
    waitForSession: (predicate) => signal.waitFor(() => sessions.all.find(predicate)),
  };
}
