/**
 * Does similar things together: what arrives while one batch is in progress is the next one. Alone, an item is a batch of
 * one and waits for nobody; in a rush, many share a transaction and its write to the disk.
 * When a batch fails, each of its items is tried by itself, so that one cannot spoil another.
 */
export function inBatches<Item, Result>(
  run: (items: Item[]) => Promise<Result[]>,
  most: number,
): (item: Item) => Promise<Result> {
  type Entry = { item: Item; settle: (result: Promise<Result>) => void };
  const waiting: Entry[] = [];
  let running = false;

  async function runAlone(item: Item): Promise<Result> {
    const [result] = await run([item]);
    if (result === undefined) throw new Error('A batch of one came back empty.');
    return result;
  }

  async function runBatch(batch: Entry[]): Promise<void> {
    const results = batch.length === 1 ? null : await run(batch.map(({ item }) => item)).catch(() => null);
    for (const [at, { item, settle }] of batch.entries()) {
      const result = results?.[at];
      const settled = result === undefined ? runAlone(item) : Promise.resolve(result);
      settle(settled);
      // One after the other, in order; the caller that waits for one gets its failure.
      await settled.catch(() => undefined);
    }
  }

  async function work(): Promise<void> {
    if (running) return;
    running = true;
    while (waiting.length > 0) await runBatch(waiting.splice(0, most));
    running = false;
  }

  return async (item) =>
    new Promise<Result>((resolve) => {
      waiting.push({ item, settle: resolve });
      void work();
    });
}
