import { lookUpMembers } from '../identity/members.ts';
import { createBringIn } from '../restore/bring-in.ts';
import { createReadHistory } from '../restore/read-history.ts';
import { createSessionMember } from '../restore/session-member.ts';
import { createAnswerer } from '../steer/answer.ts';
import { createCanceller } from '../steer/cancel.ts';
import { createSteeringCheck } from '../steer/check.ts';
import { createFollower } from '../steer/follow.ts';
import { createLinker } from '../steer/link.ts';
import { createPlaceCard } from '../steer/place-card.ts';
import { createSteeringRefusal } from '../steer/refusal.ts';
import { createSteerer } from '../steer/steer.ts';
import type { Recorder } from '../follow/record.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { sleep } from './sleep.ts';

/** Each may wait for Devin. */
const MANY = { concurrency: 4, most: 100 };

/** Stop, archive, cancel, follow, and who is who. */
export function createSteering(parts: Parts, recorder: Recorder): void {
  const { settings, queue, store, devin, slack, resolver, transitions, drawCard } = parts;
  const { now, looksAtMs } = settings;
  const { enqueue } = queue;
  const { outbound, people } = slack;
  const check = createSteeringCheck({ resolver, settings: store.defaults });
  const refusalOf = createSteeringRefusal(check, en);
  const answer = createAnswerer({ envelopes: store.envelopes, outbound });
  const { terminate: stop, archive, unarchive, get } = devin.sessions;
  // Devin has no way to put a session to sleep but to archive it, and it wakes in the archive, too.
  const sleepOn: typeof archive = async (id, options) => (await archive(id, options), unarchive(id, options));
  const steer = createSteerer({
    ...store,
    refusalOf,
    devin: { stop, archive, sleep: sleepOn, get },
    enqueue,
    recordAnswer: recorder.answer,
    answer,
    sleep,
    looksAtMs,
    text: en,
  });
  const cancel = createCanceller({ ...store, refusalOf, transitions, answer, text: en });
  const { findMember } = lookUpMembers(devin.members);
  const follow = createFollower({
    ...store,
    resolver,
    presence: slack.presence,
    getSession: get,
    readHistory: createReadHistory(devin),
    sessionMember: createSessionMember({ findMember, now }),
    bringIn: createBringIn(store),
    adopt: parts.adopt,
    placeCard: createPlaceCard({
      ...store,
      outbound,
      drawCard,
      oneAtATime: parts.oneAtATime,
      enqueue,
      now,
    }),
    enqueue,
    outbound,
    answer,
    text: en,
  });
  const link = createLinker({
    people,
    findMember,
    identities: store.identities,
    outbound,
    answer,
    log: settings.log,
    text: en,
  });
  queue.work('steer', async (job, { signal }) => steer(job, signal), MANY);
  queue.work('cancel-request', async (job) => cancel(job), MANY);
  queue.work('follow-session', async (job) => follow(job), MANY);
  queue.work('link-person', async (job) => link(job), MANY);
}
