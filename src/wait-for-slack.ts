import type { Log } from './log.ts';
import { startSentence, StartError } from './operator/sentences.ts';
import type { Text } from './text/index.ts';
import { sleep } from './time.ts';

/** After each attempt, in order; then the last one every time. */
const PAUSES_MS: readonly number[] = [1000, 2000, 5000, 10_000];

const MS_PER_S = 1000;

type WaitDeps = {
  /** In the language of the log. */
  text: Text;
  log: Log;
  /** For tests. */
  pausesMs?: readonly number[];
};

export type WaitForSlack = ReturnType<typeof createWaitForSlack>;

/** Waits until Slack says who the app is. The app doesn't end meanwhile: a supervisor would pause longer after each attempt. */
export function createWaitForSlack({ text, log, pausesMs = PAUSES_MS }: WaitDeps) {
  let waitsFor: string | null = null;

  return {
    /** Why the app isn't ready yet. */
    warnings: (): string[] => (waitsFor === null ? [] : [waitsFor]),

    /** Rejects with a `StartError` if Slack refuses, and with the last failure if the signal ends the wait. */
    async until<Found>(ask: () => Promise<Found>, signal: AbortSignal): Promise<Found> {
      for (let tries = 1; ; tries += 1) {
        try {
          const found = await ask();
          waitsFor = null;
          if (tries > 1) log.info({ tries }, 'Slack answers: the app starts');
          return found;
        } catch (error) {
          if (!isPassing(error)) throw error;
          waitsFor = text.joins.sentences([startSentence(error.problem, text), text.start.waitsForSlack]);
          // At growing distances: it may be down for hours.
          if (Number.isInteger(Math.log2(tries))) log.warn({ tries, err: error.cause }, waitsFor);
          const pauseMs = pausesMs[tries - 1] ?? pausesMs.at(-1) ?? 0;
          if (!(await sleep(Math.max(pauseMs, askedMs(error)), signal))) throw error;
        }
      }
    },
  };
}

/** How long Slack asked to wait. */
function askedMs({ problem }: StartError): number {
  return problem.kind === 'slackBusy' ? problem.seconds * MS_PER_S : 0;
}

/** Slack didn't refuse: it is down, busy, or out of reach. */
function isPassing(error: unknown): error is StartError {
  return (
    error instanceof StartError &&
    (error.problem.kind === 'slackUnreachable' || error.problem.kind === 'slackBusy')
  );
}
