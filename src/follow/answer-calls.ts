import { labeled, renderDevinMessage, withCall } from '../slack/blocks/devin-message.ts';
import type { Call } from '../slack/blocks/devin-message.ts';
import { cardView } from '../slack/card-view.ts';
import { messageMetadata, milestoneMetadata } from '../slack/metadata.ts';
import type { Outbound, Rendered } from '../slack/outbound.ts';
import type { AnsweredCall, Calls } from '../store/calls.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionMessages } from '../store/session-messages.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import type { Telling } from './tell-milestones.ts';

type AnswerDeps = {
  calls: Pick<Calls, 'answered' | 'settle'>;
  messages: Pick<SessionMessages, 'textOf'>;
  sessions: Pick<Sessions, 'sharesThread'>;
  outbound: Pick<Outbound, 'edit'>;
  compose: (telling: Telling) => Promise<Rendered>;
  text: Text;
  now: () => number;
};

type Answered = { call: AnsweredCall; session: SessionRow; request: SessionRequest };

/** Says on each call whose question was answered who answered it. How long Slack wants to be left alone, in ms. */
export function createCallAnswerer(deps: AnswerDeps) {
  const { calls, outbound } = deps;

  return async (session: SessionRow, request: SessionRequest): Promise<number> => {
    const { sessionId } = session;
    for (const call of await calls.answered(sessionId)) {
      const { channelId, slackTs: ts } = call;
      const metadata = call.inMessage
        ? messageMetadata(sessionId, call.eventId, 0)
        : milestoneMetadata(sessionId, call.key);
      const edited = await outbound.edit(
        { channelId, ts },
        metadata,
        await render(deps, { call, session, request }),
      );
      if (edited.kind === 'rate-limited') return edited.retryAfterMs;
      // What cannot be edited stays as it is.
      await calls.settle(sessionId, call);
    }
    return 0;
  };
}

async function render(deps: AnswerDeps, { call, session, request }: Answered): Promise<Rendered> {
  const { sessionId } = session;
  const said = (await deps.messages.textOf(sessionId, call.eventId)) ?? '';
  const answered = { userId: call.answeredBy, at: call.answeredAt };
  if (!call.inMessage) return deps.compose(telling({ call, session, request }, said));
  const card = cardView({ request, session, nowMs: deps.now() }, deps.text);
  const [first] = renderDevinMessage(said, deps.text).posts;
  const words = first ?? { text: '', blocks: [] };
  const named = (await deps.sessions.sharesThread(session)) ? labeled(words, card, deps.text) : words;
  const whole: Call = { sessionId, key: call.key, card, answered };
  return withCall(named, whole, deps.text);
}

/** As it was told, with who answered. */
function telling({ call, session, request }: Answered, said: string): Telling {
  const isDirect = call.channelId !== session.channelId;
  return {
    milestone: { kind: 'needs-you' },
    key: call.key,
    request,
    session,
    said: { eventId: call.eventId, text: said, state: 'posted' },
    place: { channelId: call.channelId, threadTs: isDirect ? null : session.threadTs },
    answered: { userId: call.answeredBy, at: call.answeredAt },
    resultShared: false,
  };
}
