import type { Page } from './schemas.ts';

/** Devin's largest page. https://docs.devin.ai/api-reference/concepts/pagination */
export const MAX_PAGE = 200;

/** `complete` is false where `maxItems` ended the reading. */
export type Collected<T> = { items: T[]; complete: boolean };

/** Reads page after page until the last one, a cursor that does not move, or `maxItems`. */
export async function collectPages<T>(
  readPage: (after: string | null) => Promise<Page<T>>,
  maxItems: number,
): Promise<Collected<T>> {
  const items: T[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Page<T> = await readPage(after);
    items.push(...page.items);
    const isLast = !page.has_next_page || page.end_cursor === null || page.end_cursor === after;
    if (items.length > maxItems) return { items: items.slice(0, maxItems), complete: false };
    if (isLast) return { items, complete: true };
    if (items.length === maxItems) return { items, complete: false };
    after = page.end_cursor;
  }
}
