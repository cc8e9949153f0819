import { relative, sep } from 'node:path';

/** Imports between two rooms: how many files of the first import one of the second. */
type Arrow = { from: string; to: string; weight: number };

/**
 * How high the house is: a room is a folder in `src` or a file beside them, and stands one floor above the highest room that it
 * imports. Arrows that close a circle run back, and count for themselves; of each circle, the lightest is taken.
 */
export function floorsOf(
  imports: ReadonlyMap<string, readonly string[]>,
  src: string,
): { floors: number; arrowsBack: number } {
  const roomOf = (file: string): string => relative(src, file).split(sep)[0] ?? '';
  const weights = new Map<string, number>();
  for (const [file, imported] of imports)
    for (const room of new Set(imported.map(roomOf)))
      if (room !== roomOf(file)) {
        const key = `${roomOf(file)}\0${room}`;
        weights.set(key, (weights.get(key) ?? 0) + 1);
      }
  const arrows = [...weights].map(([key, weight]): Arrow => {
    const [from = '', to = ''] = key.split('\0');
    return { from, to, weight };
  });
  const forward: Arrow[] = [];
  // The heaviest first: what then closes a circle is light.
  for (const arrow of arrows.toSorted((one, other) => other.weight - one.weight))
    if (!reaches(forward, arrow.to, arrow.from)) forward.push(arrow);
  const floors = new Map<string, number>();
  const floorOf = (room: string): number => {
    const below = forward.filter(({ from }) => from === room).map(({ to }) => floors.get(to) ?? floorOf(to));
    const floor = 1 + Math.max(0, ...below);
    floors.set(room, floor);
    return floor;
  };
  const highest = Math.max(0, ...new Set(arrows.map(({ from }) => floorOf(from))));
  return { floors: highest, arrowsBack: arrows.length - forward.length };
}

function reaches(arrows: readonly Arrow[], from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const room of seen) for (const arrow of arrows) if (arrow.from === room) seen.add(arrow.to);
  return seen.has(to);
}
