const KNOWN_FOR_MS = 60_000;

type Options<Asked> = {
  keyOf: (asked: Asked) => string;
  /** Beyond so many answers, all are forgotten. */
  most: number;
  now: () => number;
};

/** Asks once; the answer counts for a minute. What fails is asked again. */
export function forAMinute<Asked, Answer>(
  ask: (asked: Asked) => Promise<Answer>,
  { keyOf, most, now }: Options<Asked>,
): (asked: Asked) => Promise<Answer> {
  const known = new Map<string, { answer: Answer; atMs: number }>();
  return async (asked) => {
    const key = keyOf(asked);
    const before = known.get(key);
    if (before !== undefined && now() - before.atMs < KNOWN_FOR_MS) return before.answer;
    const answer = await ask(asked);
    if (known.size >= most) known.clear();
    known.set(key, { answer, atMs: now() });
    return answer;
  };
}
