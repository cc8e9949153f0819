import { z } from 'zod';
import type { Lookup } from '../session/fields.ts';
import { fromWire, optional } from '../session/snapshot.ts';
import { remembered } from '../time.ts';
import { collectPages, type DevinClient, MAX_PAGE, pageOf, toSearchParams } from './client.ts';
import { nullIf } from './errors.ts';

/** An item to pick. `value` goes into a session request. */
type CatalogItem = { value: string; label: string; description: string | null };

/** A Slack menu's limit. https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element */
const MAX_RESULTS = 100;
const MAX_LISTED = 2000;
const REMEMBERED_MS = 5 * 60_000;
const MAX_NAMES = 10_000;
/** In UTF-16 units: each request keeps the names of its values. */
const NAME_LENGTH = 200;

const text = optional(z.string());
const wide = String(MAX_RESULTS);

const LISTS: Record<
  Lookup,
  {
    path: string[];
    isBeta?: true;
    item: z.ZodType<CatalogItem>;
    /** How Devin searches; left out: it can't, so the whole list is kept and filtered here. */
    search?: (query: string) => Record<string, string | boolean | null>;
  }
> = {
  /** `repoPath`: as a session's `repos` takes it. https://docs.devin.ai/api-reference/v3/repositories/list-organizations-repositories */
  repositories: {
    path: ['repositories'],
    isBeta: true,
    item: fromWire(z.object({ repoPath: z.string(), repoDescription: text, repoLanguage: text })).transform(
      ({ repoPath: value, repoDescription, repoLanguage }) => ({
        value,
        label: value,
        description: repoDescription ?? repoLanguage,
      }),
    ),
    // Faster without the state of indexing.
    search: (query) => ({ filterName: query || null, first: wide, loadIndexingStatus: false }),
  },
  /** https://docs.devin.ai/api-reference/v3/notes/organizations-knowledge-notes */
  knowledge: {
    path: ['knowledge', 'notes'],
    item: fromWire(z.object({ noteId: z.string(), name: z.string(), trigger: text })).transform(
      ({ noteId: value, name: label, trigger: description }) => ({ value, label, description }),
    ),
    search: (query) => ({ search: query || null, first: wide }),
  },
  /** `macro`: `!name`. https://docs.devin.ai/api-reference/v3/playbooks/organizations-playbooks */
  playbooks: {
    path: ['playbooks'],
    item: fromWire(z.object({ playbookId: z.string(), title: z.string(), macro: text })).transform(
      ({ playbookId: value, title: label, macro: description }) => ({ value, label, description }),
    ),
  },
  /** Without their values. https://docs.devin.ai/api-reference/v3/secrets/organizations-secrets */
  secrets: {
    path: ['secrets'],
    item: fromWire(z.object({ secretId: z.string(), key: text, note: text })).transform(
      ({ secretId: value, key, note: description }) => ({ value, label: key ?? value, description }),
    ),
  },
};

/** The values to pick from. One attempt each: a person is waiting at a menu. */
export function createCatalog({ call, orgPath }: DevinClient, now: () => number) {
  const names = new Map<string, string>();

  /** Throws DevinError. */
  async function ask(lookup: Lookup, query: string): Promise<CatalogItem[]> {
    const { path, isBeta, item, search } = LISTS[lookup];
    const readPage = async (asked: Parameters<typeof toSearchParams>[0]) =>
      call({
        operation: `catalog.${lookup}`,
        path: orgPath(path),
        isBeta,
        answer: pageOf(item),
        query: toSearchParams(asked),
        retry: 0,
      });
    const items =
      search === undefined
        ? await collectPages(async (after) => readPage({ after, first: MAX_PAGE }), MAX_LISTED)
        : (await readPage(search(query))).items;
    if (names.size + items.length > MAX_NAMES) names.clear();
    for (const { value, label } of items) {
      const name = label.trim().slice(0, NAME_LENGTH).toWellFormed();
      if (name !== '') names.set(value, name);
    }
    return items;
  }

  /** null: the service user may not read it. Throws other DevinErrors. */
  const read = async (lookup: Lookup, query = '') => nullIf(['forbidden'], ask(lookup, query));

  const memory = { keyOf: (lookup: Lookup) => lookup, forMs: REMEMBERED_MS, now };
  const remember = remembered(async (lookup: Lookup) => read(lookup), memory);
  /** Also after a failure, which the client logs, not again before the time is over. */
  const learnNames = remembered(async (lookup: Lookup) => remember(lookup).catch(() => null), memory);

  return {
    /** Whether the list may be read. Throws DevinError, `forbidden` too. */
    probe: async (lookup: Lookup): Promise<void> => void (await ask(lookup, '')),

    /** At most 100 items; none if they may not be read. Throws other DevinErrors. */
    async search(lookup: Lookup, typed: string): Promise<CatalogItem[]> {
      const query = typed.trim();
      const isSearched = LISTS[lookup].search !== undefined;
      const items = (await (isSearched ? read(lookup, query) : remember(lookup))) ?? [];
      return (isSearched ? items : matching(items, query)).slice(0, MAX_RESULTS);
    },

    /**
     * The id of what is given by its name or id, in any letter case; null: there is none. What can't be looked up is taken
     * for an id. Throws DevinErrors.
     */
    async idOf(lookup: Exclude<Lookup, 'repositories'>, typed: string): Promise<string | null> {
      const wanted = typed.trim().toLowerCase();
      const items = await read(lookup, typed);
      const found = items?.find(({ value, label }) =>
        [value, label].some((name) => name.trim().toLowerCase() === wanted),
      );
      // Devin finds notes by their words, not by their ids.
      const isId = items === null || (lookup === 'knowledge' && typed.startsWith('note-'));
      return found?.value ?? (isId ? typed : null);
    },

    /** What people call a value; null: not known yet. The list is read in the background: nobody waits for a name. */
    nameOf(lookup: Lookup, value: string): string | null {
      if (lookup === 'repositories') return value;
      void learnNames(lookup);
      return names.get(value) ?? null;
    },
  };
}

function matching(items: CatalogItem[], query: string): CatalogItem[] {
  const wanted = query.toLowerCase();
  return items.filter(({ label, description }) =>
    `${label}\n${description ?? ''}`.toLowerCase().includes(wanted),
  );
}
