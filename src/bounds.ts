export type Fetch = typeof fetch;

export class TooLargeError extends Error {
  readonly code = 'too-large';
}

/** Whether something too large is behind an error. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof TooLargeError || (error instanceof Error && isTooLarge(error.cause));
}

/** A stream that fails after `limit` bytes. */
export function atMost(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > limit) controller.error(new TooLargeError(`It is larger than ${limit} bytes.`));
      else controller.enqueue(chunk);
    },
  });
}

/** In bytes, decompressed. Far more than any real answer, and far less than the process's memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The same `fetch`, which fails on an answer that is too large. */
export function bounded(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const { body } = response;
    return body === null ? response : new Response(body.pipeThrough(atMost(MOST_BYTES)), response);
  };
}

/** All of it; null: it is larger than the limit. */
export async function readAtMost(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await new Response(body.pipeThrough(atMost(limit))).arrayBuffer());
  } catch (error) {
    if (error instanceof TooLargeError) return null;
    throw error;
  }
}

/** In case a list never ends. */
const MOST_PAGES = 1000;

type Paging<Answer> = {
  read: (cursor: string | null) => Promise<Answer>;
  /** Where the next page begins; empty, null or undefined: this is the last one. */
  next: (answer: Answer) => string | null | undefined;
  /** Where to begin; left out: at the start. */
  after?: string | null;
  most?: number;
};

/** Reads a list page by page, up to the last one, or to a cursor that was used before. */
export async function* pages<Answer>({
  read,
  next,
  after = null,
  most = MOST_PAGES,
}: Paging<Answer>): AsyncGenerator<Answer> {
  const begun = new Set<string | null>();
  let cursor = after;
  while (!begun.has(cursor) && begun.size < Math.min(most, MOST_PAGES)) {
    begun.add(cursor);
    const answer = await read(cursor);
    yield answer;
    cursor = next(answer) || null;
    if (cursor === null) return;
  }
}

/** In order, at most `size` in each. */
export function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** NUL, which Postgres text can't hold, and lone surrogates, which JSON can't. */
const UNUSABLE = /[\0\p{Cs}]/u;
/**
 * Invisible to people, although Devin reads them: what Unicode ignores by default, and what turns or breaks lines.
 * https://unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const IGNORED = /(?![\u200C\u200D]|[\uFE0E\uFE0F])\p{DI}|[\u2028\u2029\uFFF9-\uFFFB]/u;
/** A variation selector without its emoji. */
const IDLE_SELECTOR = /(?<!\p{Emoji})[\uFE0E\uFE0F]/u;
/** A joiner after a letter of a script that doesn't use joiners. */
const IDLE_JOINER =
  /(?<![\p{M}\p{ExtPict}\p{EMod}]|(?![\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hani}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}])\p{L})[\u200C\u200D]/u;
const DROPPED = new RegExp(
  [UNUSABLE, IGNORED, IDLE_SELECTOR, IDLE_JOINER].map(({ source }) => source).join('|'),
  'gu',
);

/** Text that can be stored and sent, and in which Devin reads what people see. */
export function cleanText(text: string): string {
  return text.replaceAll(DROPPED, '');
}

/** Deeper than anything that is meant. Databases and `JSON.stringify` fail at some thousand levels. */
const MOST_LEVELS = 200;

/** Whether parsed JSON is nested deeper than that. */
export function isTooDeep(value: unknown, level = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return level === MOST_LEVELS || Object.values(value).some((one) => isTooDeep(one, level + 1));
}

/** Parsed JSON in which `cleanText` has read every text and every key. What is nested too deep becomes null. */
export function cleanJson(value: unknown, level = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (level === MOST_LEVELS) return null;
  if (Array.isArray(value)) return value.map((one) => cleanJson(one, level + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [cleanText(key), cleanJson(one, level + 1)]),
  );
}
