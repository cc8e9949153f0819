import { setTimeout as delay } from 'node:timers/promises';

const LOOKS = 4;
const PAUSE_MS = 250;

/** Slack should deliver the event again: what it is about is not recorded yet. */
class NotRecordedError extends Error {
  readonly code = 'not-recorded';

  constructor() {
    super('an event came before what it is about was recorded');
    this.name = 'NotRecordedError';
  }
}

/**
 * Looks again while something is about to be recorded; for no longer than Slack waits. Then the event is not
 * acknowledged, and Slack delivers it again. https://docs.slack.dev/apis/events-api/#retries
 */
export async function onceRecorded<T>(look: () => Promise<T | 'soon'>): Promise<T> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const found = await look();
    if (found !== 'soon') return found;
    await delay(PAUSE_MS);
  }
  throw new NotRecordedError();
}
