import type { Person } from '../../store/identities.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { Authority } from '../authority.ts';
import { notice } from '../blocks/notices.ts';
import type { Unopened } from '../blocks/notices.ts';
import { button } from '../blocks/objects.ts';
import type { Press } from '../interaction-payload.ts';
import type { Outbound } from '../outbound.ts';
import { privatePlace } from '../places.ts';
import type { Actor } from '../steering-inbox.ts';
import type { TextFor } from '../text-for.ts';
import type { Opening } from '../view-opener.ts';

type PressDeps = {
  requests: Pick<Requests, 'find'>;
  authority: Pick<Authority, 'personRefusal' | 'steeringRefusal'>;
  /** A session whose button is pressed is polled more often again. */
  sessions: Pick<Sessions, 'touch'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  textFor: TextFor;
};

/** The request of a button, if the person who pressed it may use it; others are told why. */
export function createPressed({ requests, sessions, authority, outbound, textFor }: PressDeps) {
  const tell = async (press: Press, sentence: string) =>
    outbound.tellPrivately(privatePlace(press), notice([sentence]));

  /** For what a job does, since jobs check the person. People of other workspaces can click in a shared channel. */
  async function inWorkspace(press: Press): Promise<SessionRequest | null> {
    const request = press.value === null ? null : await requests.find(press.value);
    if (request === null) return null;
    if (request.teamId === press.homeTeamId) {
      await sessions.touch(request.id);
      return request;
    }
    await tell(press, (await textFor(press.userId)).steering.outsider);
    return null;
  }

  /** For what is shown at once. `refusal`: another reason why not. */
  async function byPerson(
    press: Press,
    refusal: (request: SessionRequest, person: Person) => Promise<string | null>,
  ): Promise<SessionRequest | null> {
    const request = await inWorkspace(press);
    if (request === null) return null;
    const person = { teamId: request.teamId, userId: press.userId };
    const why = (await authority.personRefusal(person)) ?? (await refusal(request, person));
    if (why === null) return request;
    await tell(press, why);
    return null;
  }

  /** For what needs the right to steer; others are told who has it. `refusal`: what else has to be true. */
  async function bySteerer(
    press: Press,
    refusal?: (request: SessionRequest, person: Person) => Promise<string | null>,
  ): Promise<SessionRequest | null> {
    const request = await inWorkspace(press);
    if (request === null) return null;
    const person = { teamId: request.teamId, userId: press.userId };
    const why =
      (await authority.steeringRefusal(request, person)) ?? (await refusal?.(request, person)) ?? null;
    if (why === null) return request;
    await tell(press, why);
    return null;
  }

  return { inWorkspace, byPerson, bySteerer };
}

/** The person who pressed it, as a member of their own workspace. */
export function actorOf(press: Press): Actor {
  return { ...privatePlace(press), teamId: press.homeTeamId };
}

/** What to say if a view can't be opened, with the same button to press again. */
export function openingOf(press: Press, what: Unopened): Opening {
  const again = button(press.actionId, press.label, press.value ?? '');
  return { what, place: privatePlace(press), again };
}
