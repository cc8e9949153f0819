import type { z } from 'zod';
import { type Members, toUserWithIdpRoles, type Permission } from '../members.ts';
import { type PageQuery, inOrder, paginate } from '../pages.ts';
import { notFound } from '../problem.ts';
import {
  membersQuerySchema,
  notesQuerySchema,
  pageQuerySchema,
  repositoriesQuerySchema,
} from '../schemas.ts';
import { parseQuery } from '../validation.ts';
import { type Call, type Route, ok, param } from './route.ts';

export type Playbook = { id: string; title: string; body?: string; macro?: string | null };
export type Note = { id: string; name: string; body?: string; trigger?: string };
export type Secret = { id: string; key: string; note?: string | null };
export type Repository = { path: string; description?: string | null; language?: string | null };

export type Catalog = {
  playbooks: Playbook[];
  notes: Note[];
  secrets: Secret[];
  repositories: Repository[];
};

type Origin = { orgId: string; atSeconds: number };

const CREATED_BY = 'user-admin';

const stamps = ({ atSeconds }: Origin) => ({ created_at: atSeconds, updated_at: atSeconds });

/** https://docs.devin.ai/api-reference/v3/playbooks/organizations-playbooks */
const toPlaybook = (playbook: Playbook, origin: Origin) => ({
  playbook_id: playbook.id,
  title: playbook.title,
  body: playbook.body ?? '',
  macro: playbook.macro ?? null,
  access_type: 'org',
  org_id: origin.orgId,
  created_by: CREATED_BY,
  updated_by: CREATED_BY,
  ...stamps(origin),
  structured_output_schema: null,
});

/** https://docs.devin.ai/api-reference/v3/notes/organizations-knowledge-notes */
const toNote = (note: Note, origin: Origin) => ({
  note_id: note.id,
  name: note.name,
  body: note.body ?? '',
  trigger: note.trigger ?? '',
  folder_id: null,
  folder_path: '',
  is_enabled: true,
  pinned_repo: null,
  macro: null,
  access_type: 'org',
  org_id: origin.orgId,
  ...stamps(origin),
});

/** Values are never returned. https://docs.devin.ai/api-reference/v3/secrets/organizations-secrets */
const toSecret = (secret: Secret, origin: Origin) => ({
  secret_id: secret.id,
  key: secret.key,
  note: secret.note ?? null,
  is_sensitive: true,
  secret_type: 'key-value',
  access_type: 'org',
  created_by: CREATED_BY,
  created_at: origin.atSeconds,
});

/** https://docs.devin.ai/api-reference/v3/repositories/list-organizations-repositories */
const toRepository = (repository: Repository, withIndexing: boolean) => ({
  provider_repository_id: `provider-${repository.path}`,
  git_connection_id: 'git-connection-1',
  git_connection_host: 'github.com',
  repo_name: repository.path.split('/').at(-1) ?? repository.path,
  repo_path: repository.path,
  repo_description: repository.description ?? null,
  repo_language: repository.language ?? null,
  last_updated_at: null,
  indexing_status: withIndexing ? 'indexed' : null,
});

const holds = (text: string | undefined, part: string): boolean =>
  (text ?? '').toLowerCase().includes(part.toLowerCase());

/** Case-insensitive, over name, trigger and content. */
const noteMatches = (note: Note, search: string): boolean =>
  [note.name, note.trigger, note.body].some((text) => holds(text, search));

const repositoryMatches = (repository: Repository, filterName: string): boolean =>
  holds(repository.path, filterName);

export type ReferenceRoutesDeps = {
  members: Members;
  catalog: Catalog;
  orgId: string;
  serviceUser: { id: string; name: string };
  startedAtSeconds: number;
  report: (problem: string) => void;
};

const ORG = '/v3/organizations/{org_id}';
const BETA = '/v3beta1/organizations/{org_id}';

/** Everything that is read to fill a form or to know who a person is. */
export function referenceRoutes(deps: ReferenceRoutesDeps): Route[] {
  return [selfRoute(deps), ...memberRoutes(deps), ...catalogRoutes(deps)];
}

/** https://docs.devin.ai/api-reference/v3/self/self */
function selfRoute({ serviceUser, orgId }: ReferenceRoutesDeps): Route {
  const self = {
    principal_type: 'service_user',
    service_user_id: serviceUser.id,
    service_user_name: serviceUser.name,
    org_id: orgId,
  };
  return { method: 'GET', path: '/v3/self', access: 'ReadAccountMeta', answer: () => ok(self) };
}

function memberRoutes({ members, orgId, report }: ReferenceRoutesDeps): Route[] {
  const access: Permission = 'ViewOrgMembership';
  const list = (via: 'direct' | 'idp') => (call: Call) => {
    const query = parseQuery(membersQuerySchema, call.query, report);
    return ok(paginate(members.list(via, query.email), query));
  };
  return [
    { method: 'GET', path: `${BETA}/members/users`, access, answer: list('direct') },
    { method: 'GET', path: `${BETA}/members/idp-users`, access, answer: list('idp') },
    {
      method: 'GET',
      path: `${BETA}/members/users/{user_id}`,
      access,
      answer(call) {
        const member = members.find(param(call, 'user_id'));
        if (member === undefined) throw notFound('User');
        return ok(toUserWithIdpRoles(member, orgId));
      },
    },
  ];
}

function catalogRoutes({ catalog, orgId, startedAtSeconds, report }: ReferenceRoutesDeps): Route[] {
  const origin = { orgId, atSeconds: startedAtSeconds };
  const list = <Q extends PageQuery>(
    schema: z.ZodType<Q> & { shape: Record<string, unknown> },
    items: (query: Q) => unknown[],
  ): Route['answer'] => {
    return (call) => {
      const query = parseQuery(schema, call.query, report);
      return ok(paginate(inOrder(items(query)), query));
    };
  };
  const playbooks = list(pageQuerySchema, () =>
    catalog.playbooks.map((playbook) => toPlaybook(playbook, origin)),
  );
  const secrets = list(pageQuerySchema, () => catalog.secrets.map((secret) => toSecret(secret, origin)));
  const notes = list(notesQuerySchema, ({ search = '' }) =>
    catalog.notes.filter((note) => noteMatches(note, search)).map((note) => toNote(note, origin)),
  );
  const repositories = list(repositoriesQuerySchema, (query) =>
    catalog.repositories
      .filter((repository) => repositoryMatches(repository, query.filter_name ?? ''))
      .map((repository) => toRepository(repository, query.load_indexing_status ?? true)),
  );
  return [
    { method: 'GET', path: `${ORG}/playbooks`, access: 'ManageAccountPlaybooks', answer: playbooks },
    { method: 'GET', path: `${ORG}/knowledge/notes`, access: 'ManageAccountKnowledge', answer: notes },
    { method: 'GET', path: `${ORG}/secrets`, access: 'ManageOrgSecrets', answer: secrets },
    { method: 'GET', path: `${BETA}/repositories`, access: 'Read', answer: repositories },
  ];
}
