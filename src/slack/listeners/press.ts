import type { SessionRequest } from '../../store/request-row.ts';
import { personRefusal } from '../authority.ts';
import type { Press } from '../edge/payload.ts';
import { privatePlace } from '../edge/places.ts';
import { notice } from '../views/notices.ts';
import type { ListenersContext } from './context.ts';

/** True: this speaks against it, and the person is told. `why`: a sentence, escaped; null: nothing does. */
export async function refuses(c: ListenersContext, press: Press, why: string | null): Promise<boolean> {
  if (why !== null) await c.slack.outbound.tellPrivately(privatePlace(press), notice([why]));
  return why !== null;
}

/** People of other workspaces can press a button in a shared channel. True: this one is, and is told. */
export async function refusesOutsider(c: ListenersContext, press: Press, teamId: string): Promise<boolean> {
  if (press.homeTeamId === teamId) return false;
  return refuses(c, press, (await c.textFor(press.userId)).notices.identity.external(null));
}

/**
 * The request of a button; null: the app doesn't know it, or an outsider pressed, and the person is told. Jobs check the
 * person. `requestId`: if it isn't the button's whole value.
 */
export async function requestOf(
  c: ListenersContext,
  press: Press,
  requestId = press.value,
): Promise<SessionRequest | null> {
  const request = requestId === null ? null : await c.store.requests.find(requestId);
  if (request === null) {
    // After a lost database, until its card is found; or for good.
    await refuses(c, press, (await c.textFor(press.userId)).steering.unknown);
    return null;
  }
  if (await refusesOutsider(c, press, request.teamId)) return null;
  // It is polled more often again.
  await c.store.sessions.touch(request.id);
  return request;
}

/** A sentence for the person, escaped; null: nothing speaks against it. */
type WhyNot = (c: ListenersContext, request: SessionRequest, userId: string) => Promise<string | null>;

/** The same for what is shown at once, if this doesn't speak against it. */
export async function requestUnless(
  c: ListenersContext,
  press: Press,
  whyNot: WhyNot,
): Promise<SessionRequest | null> {
  const request = await requestOf(c, press);
  return request === null || (await refuses(c, press, await whyNot(c, request, press.userId)))
    ? null
    : request;
}

/** The same, if the person may do anything here at all. */
export async function requestUnlessPerson(
  c: ListenersContext,
  press: Press,
  whyNot: WhyNot,
): Promise<SessionRequest | null> {
  return requestUnless(
    c,
    press,
    async (_c, request, userId) =>
      (await personRefusal(c, { teamId: request.teamId, userId })) ?? whyNot(c, request, userId),
  );
}
