import { NOTIFY_MODES, type Notify } from '../session/preferences.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { slackFailure } from './edge/errors.ts';
import type { Slack } from './edge/slack.ts';

type Looking = Pick<Slack, 'people' | 'presence'>;

/** The name of a requester who left Slack; null: they are here, as far as Slack says. */
export async function findLeaver(
  { people }: Pick<Looking, 'people'>,
  { userId, identity }: SessionRequest,
): Promise<{ name: string | null } | null> {
  const known = identity?.kind === 'refused' ? null : (identity?.slackName ?? null);
  try {
    const person = await people.find(userId);
    if (person === null) return { name: known };
    return person.kind === 'deactivated' ? { name: known ?? person.name } : null;
  } catch (error) {
    slackFailure(error);
    return null;
  }
}

/** Whether a requester is in Slack, but certainly no longer in a conversation: what calls them there, they don't see. */
async function hasLeft(slack: Looking, channelId: string, request: SessionRequest): Promise<boolean> {
  // Slack isn't asked about public channels: it limits such calls, and few channels become private.
  if (request.placeKind === 'public') return false;
  try {
    if ((await slack.presence({ channelId, userId: request.userId })) !== 'out') return false;
  } catch (error) {
    slackFailure(error);
    return false;
  }
  return (await findLeaver(slack, request)) === null;
}

/** Where a message calls a person. `outside`: directly, since they are no longer in the conversation; null: nowhere. */
export type CalledIn = 'thread' | 'direct' | 'outside' | null;

/** `threadIn`: the conversation with the thread; null: there is none. */
type Calling = { request: SessionRequest; notify: Notify; threadIn: string | null };

/** As the person prefers, but where they read it: nobody reads the direct messages of a person who left Slack. */
export async function whereCalled(slack: Looking, { request, notify, threadIn }: Calling): Promise<CalledIn> {
  const { calledIn } = NOTIFY_MODES[notify];
  if (calledIn === null || threadIn === null) return calledIn;
  if (await hasLeft(slack, threadIn, request)) return 'outside';
  return (await findLeaver(slack, request)) === null ? calledIn : 'thread';
}
