import type { App } from '@slack/bolt';
import type { ReplyKind } from '../../session/reply.ts';
import { findFollowed, type Followed, type Requests } from '../../store/requests.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { Authority } from '../authority.ts';
import { notice } from '../blocks/notices.ts';
import { ACTION, heldReply } from '../ids.ts';
import type { Press } from '../interaction-payload.ts';
import type { Outbound } from '../outbound.ts';
import { privatePlace } from '../places.ts';
import type { ThreadInbox } from '../thread-inbox.ts';
import { onDurableButton } from './routes.ts';

type ThreadButtonDeps = {
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'find' | 'ofRequest'>;
  authority: Pick<Authority, 'writingRefusal'>;
  threads: ThreadInbox;
  outbound: Pick<Outbound, 'tellPrivately' | 'settleNotice'>;
};

export function listenToThreadButtons(app: App, deps: ThreadButtonDeps): void {
  listenToSwitches(app, deps);
  listenToMessageButtons(app, deps);
}

/** Buttons of a card that do what a keyword does in its thread; the job checks the person. */
const SWITCHES = [
  [ACTION.mute, 'mute'],
  [ACTION.unmute, 'unmute'],
  [ACTION.sync, 'sync'],
  [ACTION.listenThread, 'listen-thread'],
  [ACTION.listenMentions, 'listen-mentions'],
] as const satisfies [string, ReplyKind][];

function listenToSwitches(app: App, { sessions, threads }: ThreadButtonDeps): void {
  for (const [actionId, kind] of SWITCHES) {
    onDurableButton(app, actionId, async ({ value, userId, homeTeamId, actionTs }) => {
      const session = value === null ? null : await sessions.ofRequest(value);
      if (session === null || session.teamId !== homeTeamId) return;
      await threads.press({ session, userId, kind, press: `${userId}:${actionTs}` });
    });
  }
}

/** Buttons under a message that Devin doesn't have, or may not have. The job checks the person, but not where they are. */
function listenToMessageButtons(app: App, deps: ThreadButtonDeps): void {
  const { requests, sessions, authority, threads, outbound } = deps;

  /** False: they left the conversation since they wrote it, and are told so. */
  async function isThere(press: Press, { request, session }: Followed): Promise<boolean> {
    const why = await authority.writingRefusal({ request, session }, press.userId);
    if (why !== null) await outbound.tellPrivately(privatePlace(press), notice([why]));
    return why === null;
  }

  onDurableButton(app, ACTION.sendHeld, async (press) => {
    const { userId, homeTeamId } = press;
    const { requestId, ts, text } = heldReply.read(press.value ?? '');
    const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
    if (request === null || session === null || session.teamId !== homeTeamId) return;
    if (!(await isThere(press, { request, session }))) return;
    await threads.accept({ session, userId, ts, kind: 'reply', text, files: [] });
    await outbound.settleNotice(press, null);
  });

  onDurableButton(app, ACTION.sendAgain, async (press) => {
    const { value, userId, homeTeamId: teamId } = press;
    const reply = value === null ? null : await threads.findOwn(value, { userId, teamId });
    const followed = reply === null ? null : await findFollowed(deps, reply.sessionId);
    if (reply === null || followed === null || !(await isThere(press, followed))) return;
    await threads.sendAgain(reply);
    await outbound.settleNotice(press, null);
  });
}
