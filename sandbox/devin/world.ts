import { createAdmission } from './admission.ts';
import type { Catalog } from './catalog.ts';
import { createFaults } from './faults.ts';
import { createJournal } from './journal.ts';
import { createMembers } from './members.ts';
import type { Settings } from './options.ts';
import type { Permission } from './permissions.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { consumptionRoutes } from './routes/consumption.ts';
import { referenceRoutes } from './routes/reference.ts';
import type { Route } from './routes/route.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { createSessions } from './sessions.ts';
import { createSignal } from './signal.ts';
import { createUploads } from './uploads.ts';

export const SERVICE_USER = { id: 'service-user-5f2a9c31', name: 'devin-slack' };

export type World = ReturnType<typeof createWorld>;

/** The state behind the server. */
export function createWorld(settings: Settings, origin: string) {
  const { orgId, now } = settings;
  const signal = createSignal();
  const members = createMembers(orgId);
  settings.members.forEach((member) => members.add(member));
  const uploads = createUploads({ origin, orgId });
  const catalog: Catalog = { playbooks: [], notes: [], secrets: [], repositories: [], ...settings.catalog };
  return {
    members,
    uploads,
    catalog,
    signal,
    permissions: new Set<Permission>(settings.permissions),
    sessions: createSessions({ ...settings, signal, uploads }),
    faults: createFaults(),
    journal: createJournal({ now, signal }),
  };
}

export function routesOf(world: World, settings: Settings): Route[] {
  const { orgId, idForm, namesServiceUser } = settings;
  const { report } = world.journal;
  return [
    ...sessionRoutes({
      sessions: world.sessions,
      report,
      admission: createAdmission({ ...settings, ...world, report }),
      wire: { orgId, idForm, namesServiceUser, serviceUserId: SERVICE_USER.id },
      listRules: settings,
    }),
    ...consumptionRoutes({ sessions: world.sessions, report }),
    ...attachmentRoutes({ uploads: world.uploads, report }),
    ...referenceRoutes({
      members: world.members,
      catalog: world.catalog,
      orgId,
      report,
      serviceUser: SERVICE_USER,
      startedAtSeconds: Math.floor(settings.now() / 1000),
    }),
  ];
}
