import type { Note, Playbook, Repository, Secret } from './catalog.ts';
import type { Fault, FaultMatch } from './faults.ts';
import { createGate } from './gate.ts';
import type { RecordedRequest } from './journal.ts';
import { type LocalDevinOptions, withDefaults } from './options.ts';
import { openServer } from './server.ts';
import type { LocalSession } from './session-state.ts';
import { createTimers } from './timers.ts';
import { type World, createWorld, routesOf, SERVICE_USER } from './world.ts';

export type LocalDevin = Awaited<ReturnType<typeof createLocalDevin>>;

export async function createLocalDevin(options: LocalDevinOptions = {}) {
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
    /** Base address, without a slash at its end. */
    url: server.origin,
    orgId,
    apiKey,
    serviceUserId: SERVICE_USER.id,
    ...controls(world),
    /** Breaks every connection and leaves nothing running; waiting calls reject. Can be called twice. */
    async stop(): Promise<void> {
      timers.stop();
      world.signal.close();
      await server.close();
    },
  };
}

function controls({ permissions, catalog, members, uploads, sessions, faults, journal, signal }: World) {
  const requests: readonly RecordedRequest[] = journal.requests;
  return {
    /** Live: remove one, and the endpoints that need it answer 403. */
    permissions,
    requests,
    sessions: sessions.all,
    uploads: uploads.all,
    /** Calls that a careful client doesn't make. */
    problems: journal.problems,
    createdCount: () => sessions.all.length,
    /** By either form of the id; throws for an unknown one. */
    session: sessions.get,
    /** `session_secrets` with their values, which nothing else shows. */
    secretsOf: sessions.secretsOf,
    addMember: members.add,
    removeMember: members.remove,
    addPlaybook: (playbook: Playbook) => void catalog.playbooks.push(playbook),
    addNote: (note: Note) => void catalog.notes.push(note),
    addSecret: (secret: Secret) => void catalog.secrets.push(secret),
    addRepository: (repository: Repository) => void catalog.repositories.push(repository),
    script: sessions.script,
    step: sessions.step,
    canStep: sessions.canStep,
    advance: sessions.change,
    fail: (match: FaultMatch, fault: Fault = {}) => faults.fail(match, fault),
    /** Tells of each change. Returns how to stop listening. */
    subscribe: signal.subscribe,
    /** The first matching request, past or future; checks again when a request is answered. */
    waitForRequest: async (isWanted: (request: RecordedRequest) => boolean) =>
      signal.waitFor(() => requests.find(isWanted)),
    /** The first matching session, now or after any change. */
    waitForSession: async (isWanted: (session: LocalSession) => boolean) =>
      signal.waitFor(() => sessions.all.find(isWanted)),
  };
}
