import type { z } from 'zod';
import type { World } from '../local-devin.ts';
import { toUser, type Permission } from '../members.ts';
import { type PageQuery, inOrder, paginate } from '../pages.ts';
import { notFound } from '../problem.ts';
import {
  membersQuerySchema,
  notesQuerySchema,
  pageQuerySchema,
  repositoriesQuerySchema,
} from '../schemas.ts';
import { SERVICE_USER_ID } from '../session-wire.ts';
import { parseQuery } from '../validation.ts';
import { type Call, type Route, ok, param } from './route.ts';

export type Catalog = {
  playbooks: { id: string; title: string }[];
  notes: { id: string; name: string }[];
  secrets: { id: string; key: string }[];
  repositories: { path: string }[];
};

/** What the app reads of each, and what tells it from another. */
const toWire = {
  /** https://docs.devin.ai/api-reference/v3/playbooks/organizations-playbooks */
  playbook: ({ id, title }: Catalog['playbooks'][number]) => ({
    playbook_id: id,
    title,
    body: '',
    macro: null,
  }),
  /** https://docs.devin.ai/api-reference/v3/notes/organizations-knowledge-notes */
  note: ({ id, name }: Catalog['notes'][number]) => ({
    note_id: id,
    name,
    body: '',
    trigger: '',
    macro: null,
  }),
  /** Values are never returned. https://docs.devin.ai/api-reference/v3/secrets/organizations-secrets */
  secret: ({ id, key }: Catalog['secrets'][number]) => ({
    secret_id: id,
    key,
    note: null,
    is_sensitive: true,
  }),
  /** https://docs.devin.ai/api-reference/v3/repositories/list-organizations-repositories */
  repository: ({ path }: Catalog['repositories'][number]) => ({
    provider_repository_id: `provider-${path}`,
    repo_name: path.split('/').at(-1) ?? path,
    repo_path: path,
  }),
};

const holds = (text: string, part = ''): boolean => text.toLowerCase().includes(part.toLowerCase());

const ORG = '/v3/organizations/{org_id}';
const BETA = '/v3beta1/organizations/{org_id}';

/** Everything that is read to fill a form or to know who a person is. */
export function referenceRoutes(world: World): Route[] {
  return [selfRoute(world), ...memberRoutes(world), ...catalogRoutes(world)];
}

/** https://docs.devin.ai/api-reference/v3/self/self */
function selfRoute({ orgId }: World): Route {
  const self = {
    principal_type: 'service_user',
    service_user_id: SERVICE_USER_ID,
    service_user_name: 'devin-slack',
    org_id: orgId,
  };
  return { method: 'GET', path: '/v3/self', access: 'ReadAccountMeta', answer: () => ok(self) };
}

function memberRoutes({ members, report }: World): Route[] {
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
        return ok(toUser(member));
      },
    },
  ];
}

function catalogRoutes({ catalog, report }: World): Route[] {
  const list =
    <Q extends PageQuery>(
      schema: z.ZodType<Q> & { shape: Record<string, unknown> },
      items: (query: Q) => unknown[],
    ): Route['answer'] =>
    (call) => {
      const query = parseQuery(schema, call.query, report);
      return ok(paginate(inOrder(items(query)), query));
    };
  return [
    {
      method: 'GET',
      path: `${ORG}/playbooks`,
      access: 'ManageAccountPlaybooks',
      answer: list(pageQuerySchema, () => catalog.playbooks.map(toWire.playbook)),
    },
    {
      method: 'GET',
      path: `${ORG}/knowledge/notes`,
      access: 'ManageAccountKnowledge',
      answer: list(notesQuerySchema, ({ search }) =>
        catalog.notes.filter(({ name }) => holds(name, search)).map(toWire.note),
      ),
    },
    {
      method: 'GET',
      path: `${ORG}/secrets`,
      access: 'ManageOrgSecrets',
      answer: list(pageQuerySchema, () => catalog.secrets.map(toWire.secret)),
    },
    {
      method: 'GET',
      path: `${BETA}/repositories`,
      access: 'Read',
      answer: list(repositoriesQuerySchema, ({ filter_name: part }) =>
        catalog.repositories.filter(({ path }) => holds(path, part)).map(toWire.repository),
      ),
    },
  ];
}
