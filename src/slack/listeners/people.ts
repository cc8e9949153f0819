import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { KnownPeople } from '../../store/known-people.ts';

type PeopleDeps = { knownPeople: Pick<KnownPeople, 'changed'>; now: () => number };

/** https://docs.slack.dev/reference/events/user_change */
const changedSchema = z.looseObject({ user: z.looseObject({ id: z.string() }) });

/** A person who was made a guest, deactivated or renamed is asked for again. */
export function listenToPeople(app: App, { knownPeople, now }: PeopleDeps): void {
  app.event('user_change', async ({ event, body }) => {
    const changed = changedSchema.safeParse(event);
    if (!changed.success) return;
    const { id: userId } = changed.data.user;
    await knownPeople.changed({ teamId: body.team_id, userId }, new Date(now()));
  });
}
