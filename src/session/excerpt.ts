/** The index of the picked item; the last one if it isn't in the list. */
export function placeOf<T>(items: readonly T[], isPicked: (item: T) => boolean): number {
  const at = items.findIndex(isPicked);
  return at === -1 ? items.length - 1 : at;
}

type Room<T> = {
  /** How much room an item takes. */
  cost: (item: T) => number;
  room: number;
};

/**
 * As many items as fit, in order: always the first and the picked one, then the nearest to the picked one, without a gap
 * on either side.
 */
export function excerptAround<T>(items: readonly T[], picked: number, { room, cost }: Room<T>): T[] {
  const kept = new Set([0, picked]);
  let left = room;
  for (const [at, item] of items.entries()) if (kept.has(at)) left -= cost(item);
  const isTaken = (side: { at: number; step: number }): boolean => {
    const item = items[side.at];
    if (item === undefined) return false;
    const price = kept.has(side.at) ? 0 : cost(item);
    if (price > left) return false;
    kept.add(side.at);
    left -= price;
    side.at += side.step;
    return true;
  };
  let sides = [
    { at: picked - 1, step: -1 },
    { at: picked + 1, step: 1 },
  ];
  while (sides.length > 0) sides = sides.filter(isTaken);
  return items.filter((_item, at) => kept.has(at));
}
