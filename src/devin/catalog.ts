import type { z } from 'zod';
import type { Lookup } from '../session/fields.ts';
import { remembered } from '../time.ts';
import { collectPages, createVersionFallback, MAX_PAGE, toSearchParams, type DevinClient } from './client.ts';
import { createForbidden } from './errors.ts';
import { noteSchema, pageOf, playbookSchema, repositorySchema, secretSchema, type Page } from './schemas.ts';

/** An item to pick. `value` goes into a session request. */
type CatalogItem = { value: string; label: string; description: string | null };

type Source = (query: string) => Promise<CatalogItem[]>;

/** A Slack menu's limit. https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element */
const MAX_RESULTS = 100;
const MAX_LISTED = 2000;
const REMEMBERED_MS = 5 * 60_000;
const MAX_NAMES = 10_000;
/** In UTF-16 units: each request keeps the names of its values. */
const NAME_LENGTH = 200;

/**
 * The values to pick from. Devin has no search for playbooks and secrets, so their lists are kept for five minutes and
 * filtered here. A list that the service user may not read is empty, and isn't requested again for as long. One attempt
 * each: a person is waiting at a menu.
 */
export function createCatalog(client: DevinClient, now: () => number) {
  const lists = remembered(
    async (list: 'playbooks' | 'secrets') =>
      list === 'playbooks' ? listPlaybooks(client) : listSecrets(client),
    { keyOf: (list) => list, forMs: REMEMBERED_MS, now },
  );
  const sources: Record<Lookup, Source> = {
    repositories: createRepositorySearch(client),
    knowledge: async (query) => searchKnowledge(client, query),
    playbooks: async (query) => matching(await lists('playbooks'), query),
    secrets: async (query) => matching(await lists('secrets'), query),
  };
  const unlessForbidden = createForbidden({ now, forMs: REMEMBERED_MS });
  const names = new Map<string, string>();
  const namedAtMs = new Map<Lookup, number>();

  /** Throws DevinError. */
  async function read(lookup: Lookup, query: string): Promise<CatalogItem[]> {
    const items = await sources[lookup](query.trim());
    if (names.size + items.length > MAX_NAMES) names.clear();
    for (const { value, label } of items) {
      const name = label.trim().slice(0, NAME_LENGTH).toWellFormed();
      if (name !== '') names.set(value, name);
    }
    return items;
  }

  const find = async (lookup: Lookup, query: string): Promise<CatalogItem[]> =>
    unlessForbidden(lookup, [], async () => read(lookup, query));

  return {
    /** Whether the list may be read. Throws DevinError, `forbidden` too. */
    async probe(lookup: Lookup): Promise<void> {
      await read(lookup, '');
    },

    /** At most 100 items; none if it's `forbidden`. Throws other DevinErrors. */
    async search(lookup: Lookup, query: string): Promise<CatalogItem[]> {
      return (await find(lookup, query)).slice(0, MAX_RESULTS);
    },

    /**
     * The id of what is given by its name or id, in any letter case; null: there is none. A list that is remembered may lack
     * what is new. What can't be looked up is taken for an id. Throws DevinErrors.
     */
    async idOf(lookup: Exclude<Lookup, 'repositories'>, typed: string): Promise<string | null> {
      const wanted = typed.trim().toLowerCase();
      const isIt = ({ value, label }: CatalogItem): boolean =>
        [value, label].some((name) => name.trim().toLowerCase() === wanted);
      const tries: Record<typeof lookup, (() => Promise<CatalogItem[]>)[]> = {
        knowledge: [async () => read(lookup, typed), async () => read(lookup, '')],
        playbooks: [async () => read(lookup, ''), async () => listPlaybooks(client)],
        secrets: [async () => read(lookup, ''), async () => listSecrets(client)],
      };
      for (const list of tries[lookup]) {
        const items = await unlessForbidden(lookup, null, list);
        const id = items === null ? typed : items.find(isIt)?.value;
        if (id !== undefined) return id;
      }
      // Devin finds notes by their words, not by their ids, and lists some.
      return lookup === 'knowledge' && typed.startsWith('note-') ? typed : null;
    },

    /** What people call a value; null: not known yet. The list is read in the background: nobody waits for a name. */
    nameOf(lookup: Lookup, value: string): string | null {
      if (lookup === 'repositories') return value;
      if (now() - (namedAtMs.get(lookup) ?? -Infinity) >= REMEMBERED_MS) {
        namedAtMs.set(lookup, now());
        // The client logs it; the next try is in five minutes.
        find(lookup, '').catch(() => undefined);
      }
      return names.get(value) ?? null;
    },
  };
}

const repositoryPageSchema = pageOf(repositorySchema);
const notePageSchema = pageOf(noteSchema);
const playbookPageSchema = pageOf(playbookSchema);
const secretPageSchema = pageOf(secretSchema);

/** https://docs.devin.ai/api-reference/v3/repositories/list-organizations-repositories */
function createRepositorySearch(client: DevinClient): Source {
  const withVersion = createVersionFallback();
  return async (query) => {
    const { items } = await withVersion(async (version) =>
      client.call({
        operation: 'catalog.repositories',
        path: client.orgPath(['repositories'], version),
        answer: repositoryPageSchema,
        // Faster without the state of indexing.
        query: toSearchParams({
          filterName: query || null,
          first: MAX_RESULTS,
          loadIndexingStatus: false,
        }),
      }),
    );
    return items.map(({ repoPath, repoDescription, repoLanguage }) => ({
      value: repoPath,
      label: repoPath,
      description: repoDescription ?? repoLanguage,
    }));
  };
}

/** https://docs.devin.ai/api-reference/v3/notes/organizations-knowledge-notes */
async function searchKnowledge(client: DevinClient, query: string): Promise<CatalogItem[]> {
  const { items } = await client.call({
    operation: 'catalog.knowledge',
    path: client.orgPath(['knowledge', 'notes']),
    answer: notePageSchema,
    query: toSearchParams({ search: query || null, first: MAX_RESULTS }),
  });
  return items.map(({ noteId, name, trigger }) => ({ value: noteId, label: name, description: trigger }));
}

/** https://docs.devin.ai/api-reference/v3/playbooks/organizations-playbooks */
async function listPlaybooks(client: DevinClient): Promise<CatalogItem[]> {
  const items = await listAll(client, 'playbooks', playbookPageSchema);
  return items.map(({ playbookId, title, macro }) => ({
    value: playbookId,
    label: title,
    description: macro,
  }));
}

/** https://docs.devin.ai/api-reference/v3/secrets/organizations-secrets */
async function listSecrets(client: DevinClient): Promise<CatalogItem[]> {
  const items = await listAll(client, 'secrets', secretPageSchema);
  return items.map(({ secretId, key, note }) => ({
    value: secretId,
    label: key ?? secretId,
    description: note,
  }));
}

async function listAll<T>(client: DevinClient, list: string, answer: z.ZodType<Page<T>>): Promise<T[]> {
  const readPage = async (after: string | null) =>
    client.call({
      operation: `catalog.${list}`,
      path: client.orgPath([list]),
      answer,
      query: toSearchParams({ after, first: MAX_PAGE }),
    });
  return collectPages(readPage, MAX_LISTED);
}

function matching(items: CatalogItem[], query: string): CatalogItem[] {
  const wanted = query.toLowerCase();
  return items.filter(({ label, description }) =>
    `${label}\n${description ?? ''}`.toLowerCase().includes(wanted),
  );
}
