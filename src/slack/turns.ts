/** What is handled at a time for one person: as many as are saved together. */
const AT_A_TIME = 50;
/** Slack waits 3 s, and what is saved afterwards is refused: there is no time for a longer wait. */
const LONGEST_WAIT_MS = 400;

/** False: its turn didn't come in time, and it wasn't begun. */
type TakeTurn = (who: string, task: () => Promise<void>) => Promise<boolean>;

/** What one person sends at once waits for itself, and for nobody else. */
export function createTurns({ atATime = AT_A_TIME, longestWaitMs = LONGEST_WAIT_MS } = {}): TakeTurn {
  const people = new Map<string, Places>();

  return async (who, task) => {
    const places = people.get(who) ?? createPlaces(atATime, longestWaitMs);
    people.set(who, places);
    if (!(await places.take())) return false;
    try {
      await task();
    } finally {
      places.leave();
      if (places.areFree()) people.delete(who);
    }
    return true;
  };
}

type Places = ReturnType<typeof createPlaces>;

function createPlaces(most: number, longestWaitMs: number) {
  /** The first to wait is the first to go. */
  const waiting = new Set<() => void>();
  let taken = 0;

  return {
    areFree: (): boolean => taken === 0,

    async take(): Promise<boolean> {
      if (taken < most) {
        taken += 1;
        return true;
      }
      return new Promise((resolve) => {
        const settle = (isTurn: boolean): void => {
          clearTimeout(timer);
          waiting.delete(go);
          resolve(isTurn);
        };
        const go = (): void => settle(true);
        const timer = setTimeout(() => settle(false), longestWaitMs);
        waiting.add(go);
      });
    },

    leave(): void {
      const [next] = waiting;
      if (next === undefined) taken -= 1;
      else next();
    },
  };
}
