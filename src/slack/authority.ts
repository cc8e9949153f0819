import type { PlaceKind } from '../session/context.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import { type Identity, isAdministrator, type LookedUpIdentity } from '../session/identity.ts';
import type { Wish } from '../session/intent.ts';
import type { Explained } from '../session/policy/decide.ts';
import { ownershipOf, type Steering } from '../session/preferences.ts';
import { refusedTo } from '../store/audit.ts';
import type { Form } from '../store/forms.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest, Followed } from '../store/requests.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { People, TextFor } from './edge/people.ts';
import { isLetIn, type InConversation, type Presence } from './edge/places.ts';
import { refusalSentence } from './views/notices.ts';
import { escape } from './views/text.ts';

/** Whether a person may steer a request's session, by the rules of its channel. `identity`: if it was just resolved. */
export type SteeringCheck = (
  request: Pick<SessionRequest, 'teamId' | 'channelId' | 'userId' | 'source' | 'identity'>,
  userId: string,
  identity?: Identity,
) => Promise<Steering>;

/** Whether a person may end a request that has no session yet. Throws if Slack can't be asked. */
export type MayEnd = (
  request: Pick<SessionRequest, 'userId' | 'state' | 'approvals'>,
  userId: string,
) => Promise<boolean>;

export type Where = { channelId: string; placeKind?: PlaceKind | null | undefined };

/** A form or command as it is filled in. `slackFileIds`: uploaded with the form. */
export type Filled = Where &
  Person &
  Pick<Form, 'draft' | 'context' | 'without'> & {
    slackFileIds?: readonly string[];
    hasSessionSecrets?: boolean;
  };

/** What the policy says, in the time that Slack gives. */
export type QuickGate = {
  /** The draft that counts: what was typed, with defaults and with what the policy sets in the place. */
  effectiveDraft: (asker: Person & Where, wish: Wish) => Promise<EffectiveDraft>;
  /** null: Slack didn't answer in time. */
  explain: (asking: Filled) => Promise<Explained | null>;
};

/** Jobs wait for Slack and Devin; listeners can't. */
export type AuthorityContext = {
  store: StoreParts<{ audit: 'record' }>;
  /** Who a person is in Devin; null: nobody could tell in time. */
  lookUp: (person: Person) => Promise<LookedUpIdentity>;
  /** The same. */
  presence: (asked: InConversation) => Promise<Presence | null>;
  check: SteeringCheck;
  mayEnd: MayEnd;
  textFor: TextFor;
};

/** Ends what a person asked for. They are told the sentences, which are escaped. */
export class RefusedError extends Error {
  readonly code = 'refused';
  readonly sentences: readonly string[];

  constructor(...sentences: string[]) {
    super('a person was refused');
    this.sentences = sentences;
  }
}

/** `why`: null: nothing speaks against it. */
export function refuse(why: string | null): void {
  if (why !== null) throw new RefusedError(why);
}

/**
 * What a person may do or see, checked when they want to: a RefusedError says why they may not. Jobs check again before
 * they act: these checks decide what is shown, and refuse at once. They also throw if Slack or Devin can't be asked.
 */

async function identify(c: AuthorityContext, person: Person): Promise<Identity> {
  const found = await c.lookUp(person);
  if (found !== null && found !== 'key-refused') return found;
  throw new RefusedError((await c.textFor(person.userId)).steering.notLookedUp);
}

/** To do anything here at all. */
export async function requirePerson(c: AuthorityContext, person: Person): Promise<Identity> {
  const identity = await identify(c, person);
  if (identity.kind !== 'refused') return identity;
  throw new RefusedError(escape(refusalSentence(identity, await c.textFor(person.userId))));
}

/** To change what applies to others. */
export async function requireAdmin(people: Pick<People, 'find'>, userId: string, text: Text): Promise<void> {
  if (!isAdministrator(await people.find(userId))) throw new RefusedError(text.settings.adminsOnly);
}

/** To steer the session of this request. A refusal is recorded. */
export async function requireSteering(
  c: AuthorityContext,
  request: SessionRequest,
  userId: string,
): Promise<void> {
  const identity = await identify(c, { teamId: request.teamId, userId });
  const verdict = await c.check(request, userId, identity);
  if (verdict.kind === 'allowed') return;
  await c.store.audit.record(refusedTo(userId, request, `steer:${verdict.kind}`));
  throw new RefusedError(refuseSteering(verdict, { request, userId }, await c.textFor(userId)));
}

/** To write to a session from outside its thread. */
export async function requireWriting(
  c: AuthorityContext,
  { request, session }: Followed,
  userId: string,
): Promise<void> {
  refuse(await placeRefusal(c, { channelId: session.channelId, userId, request }));
}

/** To end a session: its requester may from anywhere, since it costs; others only from inside its conversation. */
export async function requireEnding(c: AuthorityContext, followed: Followed, userId: string): Promise<void> {
  const { request } = followed;
  await requireSteering(c, request, userId);
  if (ownershipOf(request).requester !== userId) await requireWriting(c, followed, userId);
}

/** To do what only the person who asked may do. */
export async function requireRequester(
  { textFor }: Pick<AuthorityContext, 'textFor'>,
  { userId: requester }: Pick<SessionRequest, 'userId'>,
  userId: string,
): Promise<void> {
  if (requester !== userId)
    throw new RefusedError((await textFor(userId)).steering.requesterOnly(`<@${requester}>`));
}

/** To end a request that has no session yet: see `MayEnd`. A refusal is recorded. */
export async function requireCanceling(
  c: AuthorityContext,
  request: SessionRequest,
  userId: string,
): Promise<void> {
  if (await c.mayEnd(request, userId)) return;
  await c.store.audit.record(refusedTo(userId, request, 'cancel'));
  throw new RefusedError((await c.textFor(userId)).approval.notYoursToEnd);
}

/** Why a person may not read what another asked for; null: they may. */
export async function readingRefusal(
  c: AuthorityContext,
  { request }: Pick<Followed, 'request'>,
  userId: string,
): Promise<string | null> {
  if (ownershipOf(request).requester === userId) return null;
  return placeRefusal(c, { channelId: request.channelId, userId, request });
}

async function placeRefusal(
  { presence, textFor }: AuthorityContext,
  { channelId, userId, request }: InConversation & { request: SessionRequest },
): Promise<string | null> {
  const found = await presence({ channelId, userId });
  if (found !== null && isLetIn(found, request.userId === userId)) return null;
  const { steering } = await textFor(userId);
  return found === null ? steering.notLookedUp : steering.notInConversation;
}

type OwnedRequest = Pick<SessionRequest, 'source' | 'userId' | 'identity'>;

/** Why a person may not, with a mention of who may. */
export function refuseSteering(
  verdict: Exclude<Steering, { kind: 'allowed' }>,
  { request, userId }: { request: OwnedRequest; userId: string },
  text: Text,
): string {
  const who = whoElse(request, userId);
  if (verdict.kind === 'requester-only') return text.steering.requesterOnly(who);
  const why = verdict.identity === null ? null : escape(refusalSentence(verdict.identity, text));
  return text.steering.membersOnly(who, why);
}

/** null: nobody is known, or it is the same person. */
function whoElse(request: OwnedRequest, userId: string): string | null {
  const { requester, owner } = ownershipOf(request);
  if (requester === null) return owner === null ? null : escape(owner.name);
  return requester === userId ? null : `<@${requester}>`;
}
