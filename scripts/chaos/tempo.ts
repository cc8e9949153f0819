import { fileURLToPath } from 'node:url';
import type { Pace } from './plan.ts';

/** How fast everything goes, and what is started. */
export type Tempo = {
  pace: Pace;
  /** How long to watch for duplicates once all work is done. */
  lingerMs: number;
  /** null: the app's own main.ts. */
  program: string | null;
  /** When Slack redelivers an event; null: when the real one does. */
  redeliverAfterMs: readonly number[] | null;
};

/** The app as it is, and Slack's own times. */
export const REAL_TEMPO: Tempo = {
  pace: { requestMs: 250, killMs: 2500, turnMs: 4000 },
  lingerMs: 20_000,
  program: null,
  redeliverAfterMs: null,
};

/** For a test: everything quicker. */
export const QUICK_TEMPO: Tempo = {
  pace: { requestMs: 150, killMs: 500, turnMs: 300 },
  lingerMs: 1000,
  program: fileURLToPath(new URL('quick-main.ts', import.meta.url)),
  // The last comes when a process that died no longer keeps others from telling: 15 seconds.
  redeliverAfterMs: [100, 1000, 2000, 4000, 16_000],
};
