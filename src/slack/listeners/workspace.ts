import type { App } from '@slack/bolt';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Enqueue } from '../../queue/index.ts';
import type { Greetings } from '../../store/greetings.ts';
import type { KnownPeople } from '../../store/known-people.ts';
import type { Tables } from '../../store/tables.ts';
import { notice } from '../blocks/notices.ts';
import { ACTION } from '../ids.ts';
import type { Intake } from '../intake.ts';
import type { Outbound } from '../outbound.ts';
import type { TextFor } from '../text-for.ts';
import type { FormOpener } from '../view-opener.ts';
import { onButton, privatePlace } from './press.ts';

type GreetingDeps = {
  db: Kysely<Tables>;
  greetings: Pick<Greetings, 'invited' | 'isDue'>;
  intake: Pick<Intake, 'offerForm'>;
  openForm: FormOpener;
  outbound: Pick<Outbound, 'tellPrivately'>;
  enqueue: Enqueue;
  botUserId: () => string;
  textFor: TextFor;
};

/** https://docs.slack.dev/reference/events/member_joined_channel */
const joinedSchema = z.looseObject({ user: z.string(), channel: z.string() });

/** The app was invited to a channel. */
export function listenToInvitations(app: App, deps: GreetingDeps): void {
  const { db, greetings, intake, openForm, outbound, enqueue, botUserId, textFor } = deps;

  app.event('member_joined_channel', async ({ event, body }) => {
    const joined = joinedSchema.safeParse(event);
    if (!joined.success || joined.data.user !== botUserId()) return;
    const channel = { teamId: body.team_id, channelId: joined.data.channel };
    await db.transaction().execute(async (trx) => {
      await greetings.invited(channel, trx);
      if (await greetings.isDue(channel, trx))
        await enqueue('greet-channel', channel, { trx, key: `${channel.teamId}:${channel.channelId}` });
    });
  });

  onButton(app, ACTION.startHere, async ({ body }) => {
    const { user, team, channel, trigger_id: triggerId } = body;
    if (channel === undefined) return;
    // People of other workspaces can press it in a shared channel.
    if (team === null || user.team_id !== team.id) {
      const { steering } = await textFor(user.id);
      await outbound.tellPrivately(privatePlace(body), notice([steering.outsider]));
      return;
    }
    const here = { teamId: team.id, userId: user.id, channelId: channel.id };
    await openForm(triggerId, await intake.offerForm({ ...here, threadTs: null, responseUrl: null }, {}));
  });
}

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
