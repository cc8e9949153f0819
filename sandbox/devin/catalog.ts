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
export const toPlaybook = (playbook: Playbook, origin: Origin) => ({
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
export const toNote = (note: Note, origin: Origin) => ({
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
export const toSecret = (secret: Secret, origin: Origin) => ({
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
export const toRepository = (repository: Repository, withIndexing: boolean) => ({
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
export const noteMatches = (note: Note, search: string): boolean =>
  [note.name, note.trigger, note.body].some((text) => holds(text, search));

export const repositoryMatches = (repository: Repository, filterName: string): boolean =>
  holds(repository.path, filterName);
