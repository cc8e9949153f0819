import { NOTIFY_MODES, type Notify } from '../session/preferences.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Slack } from './edge/slack.ts';

/** Where a message calls a person. `outside`: directly, since they are no longer in the conversation; null: nowhere. */
export type CalledIn = 'thread' | 'direct' | 'outside' | null;

/** `threadIn`: the conversation with the thread; null: there is none. */
type Calling = { request: SessionRequest; notify: Notify; threadIn: string | null };

/** As the person prefers, but where they read it: nobody reads the direct messages of a person who left Slack. */
export async function whereCalled(
  { findLeaver, isOutside }: Pick<Slack, 'findLeaver' | 'isOutside'>,
  { request, notify, threadIn }: Calling,
): Promise<CalledIn> {
  const { calledIn } = NOTIFY_MODES[notify];
  if (calledIn === null || threadIn === null) return calledIn;
  if (await isOutside(threadIn, request)) return 'outside';
  return (await findLeaver(request)) === null ? calledIn : 'thread';
}
