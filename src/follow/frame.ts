import { effectivePreferences } from '../session/preferences.ts';
import { withCall } from '../slack/blocks/call.ts';
import { labeled } from '../slack/blocks/said.ts';
import { cardView } from '../slack/card-view.ts';
import type { Rendered } from '../slack/outbound.ts';
import type { Calls } from '../store/calls.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { MessageRow, SessionMessages } from '../store/session-messages.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';
import type { Text } from '../text/index.ts';

type FrameDeps = {
  sessions: Pick<Sessions, 'sharesThread'>;
  requests: Pick<Requests, 'find'>;
  messages: Pick<SessionMessages, 'lastSaid'>;
  calls: Pick<Calls, 'partOf' | 'join'>;
  settings: Pick<Settings, 'preferencesFor'>;
  text: Text;
  now: () => number;
};

/** What goes around the words of a message. */
export type Frame = (words: Rendered) => Rendered;
export type FrameOf = (session: SessionRow, row: MessageRow) => Promise<Frame>;

/** The name of the session, where two share a thread; and the call, where these words are a question. */
export function createFrameOf(deps: FrameDeps): FrameOf {
  return async (session, row) => {
    const request = await deps.requests.find(session.requestId);
    if (request === null || row.source !== 'devin') return (words) => words;
    const isShared = await deps.sessions.sharesThread(session);
    const key = await callKey(deps, { session, request, row });
    const card = cardView({ request, session, nowMs: deps.now() }, deps.text);
    return (words) => {
      const named = isShared ? labeled(words, card, deps.text) : words;
      const call = { sessionId: session.sessionId, card, answered: null };
      return key === null ? named : withCall(named, { ...call, key }, deps.text);
    };
  };
}

type Asked = { session: SessionRow; request: SessionRequest; row: MessageRow };

/** A message that was attempted before is what it was then. */
async function callKey(deps: FrameDeps, { session, request, row }: Asked): Promise<string | null> {
  const { sessionId, eventId } = row;
  if (row.attemptedAt !== null) return deps.calls.partOf(sessionId, eventId);
  if (session.phase !== 'needs-you' || (await notifyOf(deps, session, request)) !== 'thread') return null;
  const last = await deps.messages.lastSaid(sessionId);
  if (last?.eventId !== eventId) return null;
  return (await deps.calls.partOf(sessionId, eventId)) ?? deps.calls.join(sessionId, eventId);
}

async function notifyOf({ settings }: FrameDeps, { notify }: SessionRow, request: SessionRequest) {
  if (notify !== null) return notify;
  const { teamId, channelId, userId } = request;
  return effectivePreferences(await settings.preferencesFor({ teamId, channelId, userId })).notify;
}
