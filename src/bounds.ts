type Fetch = typeof fetch;

export class TooLargeError extends Error {
  readonly code = 'too-large';
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
    if (body === null || saysItIsShort(response)) return response;
    return new Response(body.pipeThrough(atMost(MOST_BYTES)), response);
  };
}

/** No more than `content-length` is read. If the answer is compressed, that says nothing about its size. */
function saysItIsShort({ headers }: Response): boolean {
  const length = headers.get('content-length') ?? '';
  return headers.get('content-encoding') === null && /^\d+$/.test(length) && Number(length) <= MOST_BYTES;
}

/** All of it; null: it is larger than the limit. */
export async function readAtMost(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (bytes > limit) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
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
