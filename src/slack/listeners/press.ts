import type { SessionRequest } from '../../store/request-row.ts';
import type { Press } from '../edge/interaction-payload.ts';
import { privatePlace } from '../edge/places.ts';
import { notice } from '../views/notices.ts';
import type { Tools } from './tools.ts';

/** What it takes to find the request of a button, and to tell a person why they can't use it. */
export type PressDeps = Pick<Tools, 'requests' | 'authority' | 'sessions' | 'outbound' | 'textFor'>;

type Telling = Pick<PressDeps, 'outbound'>;

/** True: this speaks against it, and the person is told. `why`: a sentence, escaped; null: nothing does. */
export async function refuses({ outbound }: Telling, press: Press, why: string | null): Promise<boolean> {
  if (why !== null) await outbound.tellPrivately(privatePlace(press), notice([why]));
  return why !== null;
}

/** People of other workspaces can press a button in a shared channel. True: this one is, and is told. */
export async function refusesOutsider(
  { outbound, textFor }: Pick<PressDeps, 'outbound' | 'textFor'>,
  press: Press,
  teamId: string,
): Promise<boolean> {
  if (press.homeTeamId === teamId) return false;
  return refuses({ outbound }, press, (await textFor(press.userId)).steering.outsider);
}

/** A sentence for the person, escaped; null: nothing speaks against it. */
type WhyNot = (request: SessionRequest, userId: string) => Promise<string | null>;

/** The request of a button, if the person who pressed it may use it; others are told why. */
export function createPressed(deps: PressDeps) {
  const { requests, sessions, authority, textFor } = deps;

  /** For what a job does, since jobs check the person. `requestId`: if it isn't the button's whole value. */
  async function inWorkspace(press: Press, requestId = press.value): Promise<SessionRequest | null> {
    const request = requestId === null ? null : await requests.find(requestId);
    if (request === null) {
      // After a lost database, until its card is found; or for good.
      await refuses(deps, press, (await textFor(press.userId)).steering.unknown);
      return null;
    }
    if (await refusesOutsider(deps, press, request.teamId)) return null;
    // It is polled more often again.
    await sessions.touch(request.id);
    return request;
  }

  /** null: one of these is why not, and the person is told. */
  async function unlessRefused(press: Press, refusals: readonly WhyNot[]): Promise<SessionRequest | null> {
    const request = await inWorkspace(press);
    if (request === null) return null;
    for (const whyNot of refusals)
      if (await refuses(deps, press, await whyNot(request, press.userId))) return null;
    return request;
  }

  return {
    inWorkspace,

    /** For what is shown at once. `whyNot`: another reason. */
    byPerson: async (press: Press, whyNot: WhyNot): Promise<SessionRequest | null> =>
      unlessRefused(press, [
        async ({ teamId }, userId) => authority.personRefusal({ teamId, userId }),
        whyNot,
      ]),

    /** For what needs the right to steer; others are told who has it. */
    bySteerer: async (press: Press): Promise<SessionRequest | null> =>
      unlessRefused(press, [authority.steeringRefusal]),
  };
}
