import { z } from 'zod';
import { unprocessable } from './problem.ts';
import { param } from './validation.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 200;

/** https://docs.devin.ai/api-reference/concepts/pagination */
export const pageParams = {
  after: param.text,
  first: param.integer.pipe(z.number().min(1).max(MAX_PAGE).default(DEFAULT_PAGE)),
};
export type PageQuery = { after?: string | undefined; first: number };

export type Page = {
  items: unknown[];
  /** null on the last page, even if it is empty: nobody can resume from the end. */
  end_cursor: string | null;
  has_next_page: boolean;
  total: number;
};

/** An item and its position in the list, which doesn't change when others come and go. Positions only increase. */
export type Placed = { place: number; item: unknown };

const cursorSchema = z.tuple([z.literal('place'), z.number()]);

const writeCursor = (place: number): string =>
  Buffer.from(JSON.stringify(['place', place])).toString('base64url');

function readCursor(cursor: string): number {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))[1];
  } catch {
    throw unprocessable([
      { loc: ['query', 'after'], msg: 'Invalid cursor', type: 'value_error', input: cursor },
    ]);
  }
}

export function paginate(placed: Placed[], { after, first }: PageQuery): Page {
  const from = after === undefined || after === '' ? -Infinity : readCursor(after);
  const rest = placed.filter(({ place }) => place > from);
  const page = rest.slice(0, first);
  const last = page.at(-1);
  const more = rest.length > page.length;
  return {
    items: page.map(({ item }) => item),
    end_cursor: more && last !== undefined ? writeCursor(last.place) : null,
    has_next_page: more,
    total: placed.length,
  };
}

export const inOrder = (items: unknown[]): Placed[] => items.map((item, place) => ({ place, item }));
