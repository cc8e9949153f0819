import type { Queue } from '../queue/index.ts';
import type { Listing } from '../store/listing.ts';
import { MESSAGE_KINDS, type MessageKind } from '../store/shown.ts';
import { CARD } from './card.ts';
import { ALERT, APPROVAL, GREETING, LINKED, OUTCOME, showAlerts } from './notices.ts';
import { kept, type ReconcileContext, type Show } from './show.ts';

export { hasCard } from './card.ts';
export { approvalKeys, outcomeKey } from './notices.ts';
export type { Desired, ShowContext } from './show.ts';
export { showMessage } from './show.ts';

/** Everything that Slack shows and that is kept up to date. */
const KINDS: Record<Exclude<MessageKind, 'home'>, Show> = {
  card: kept(CARD),
  greeting: kept(GREETING),
  linked: kept(LINKED),
  approval: kept(APPROVAL),
  outcome: kept(OUTCOME),
  alerts: showAlerts,
  alert: kept(ALERT),
};

/** Makes the message of a key say what the rows say, as far as Slack takes it. When to look again, in ms; null: never. */
export type ShowNow = (key: string) => Promise<number | null>;

/** Of a channel that takes messages again, only the newest are shown again. */
const MOST_SHOWN = 200;

/**
 * What Slack shows is a function of rows. Who changes a row enqueues `show` with the key of each message that shows it, in
 * the same transaction; what the message says is decided when it is its turn.
 */
export function createReconciling(
  queue: Pick<Queue, 'work'>,
  c: ReconcileContext,
  /** `home`: draws the Home of a person. */
  {
    listing,
    home,
  }: { listing: Pick<Listing, 'troubledIn'>; home: (subject: string) => Promise<number | null> },
): ShowNow {
  const show: ShowNow = async (key) => {
    const kind = MESSAGE_KINDS.find((one) => key.startsWith(`${one}:`));
    const subject = key.slice(key.indexOf(':') + 1);
    if (kind === undefined) return null;
    return kind === 'home' ? home(subject) : KINDS[kind](c, subject, key);
  };
  queue.work('show', async ({ key }) => show(key), { concurrency: 20 });
  queue.work(
    'reopen-channel',
    async ({ channelId }) => {
      for (const key of await c.store.shown.refusedIn(channelId, MOST_SHOWN))
        await c.enqueue('show', { key });
      for (const sessionId of await listing.troubledIn(channelId, MOST_SHOWN)) {
        await c.store.sessions.change(sessionId, { threadTrouble: null });
        await c.enqueue('relay-from-devin', { sessionId });
      }
    },
    { concurrency: 1 },
  );
  return show;
}
