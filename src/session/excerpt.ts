/** Where the picked item is among the others; the last one, if it is not among them. */
export function placeOf<T>(items: readonly T[], isPicked: (item: T) => boolean): number {
  const at = items.findIndex(isPicked);
  return at === -1 ? items.length - 1 : at;
}

type Room<T> = {
  /** How much of it an item takes. */
  cost: (item: T) => number;
  room: number;
};

/**
 * As many items as there is room for, in order: the first and the picked one always, then those nearest to the picked
 * one, without a gap on either side.
 */
export function excerptAround<T>(items: readonly T[], picked: number, { room, cost }: Room<T>): T[] {
  const kept = new Set([0, picked]);
  let left =
    room -
    sum(
      [...kept].flatMap((at) => items[at] ?? []),
      cost,
    );
  const sides = [
    { at: picked - 1, step: -1 },
    { at: picked + 1, step: 1 },
  ];
  while (sides.length > 0) {
    for (const side of [...sides]) {
      const item = items[side.at];
      const price = item === undefined || kept.has(side.at) ? 0 : cost(item);
      if (item === undefined || price > left) {
        sides.splice(sides.indexOf(side), 1);
        continue;
      }
      kept.add(side.at);
      left -= price;
      side.at += side.step;
    }
  }
  return items.filter((_item, at) => kept.has(at));
}

function sum<T>(items: readonly T[], cost: (item: T) => number): number {
  return items.reduce((total, item) => total + cost(item), 0);
}
