import { z } from 'zod';
import { renderMilestone } from '../slack/blocks/milestone.ts';
import type { ToldIn } from '../slack/blocks/milestone.ts';
import { cardView } from '../slack/card-view.ts';
import type { CardPlace, Outbound, Rendered } from '../slack/outbound.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Said } from '../store/session-messages.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import type { Telling } from './tell-milestones.ts';

type ComposeDeps = {
  sessions: Pick<Sessions, 'sharesThread'>;
  outbound: Pick<Outbound, 'permalink'>;
  /** The slash command's name. */
  command: string;
  /** In the thread. */
  text: Text;
  /** In a direct message. */
  textFor: TextFor;
  now: () => number;
};

const outputSchema = z.object({
  structured_output: z.record(z.string(), z.unknown()).nullish().catch(null),
});

/** The structured output of a session, as people read JSON. */
export function resultOf({ response }: Pick<SessionRow, 'response'>): string | null {
  const { structured_output: output } = outputSchema.parse(response);
  return output === null || output === undefined ? null : JSON.stringify(output, null, 2);
}

/** What is told of a milestone: the card as it is now, with Devin's words and result. */
export function createMilestoneComposer(deps: ComposeDeps) {
  const { command, now } = deps;
  return async (telling: Telling): Promise<Rendered> => {
    const { milestone, key, request, session, said, place, answered, resultShared } = telling;
    const told = await toldIn(deps, place, session);
    const text = told.kind === 'direct' ? await deps.textFor(request.userId) : deps.text;
    return renderMilestone(
      {
        what: milestone,
        key,
        sessionId: session.sessionId,
        card: cardView({ request, session, nowMs: now() }, text),
        words: said?.text ?? session.lastWords,
        wordsShown: told.kind === 'thread' && isShown(said),
        place: told,
        answered,
        result: resultOf(session),
        resultShared,
        command,
      },
      text,
    );
  };
}

function isShown(said: Said | null): boolean {
  return said?.state === 'posted';
}

async function toldIn(
  { sessions, outbound }: ComposeDeps,
  { threadTs }: CardPlace,
  session: SessionRow,
): Promise<ToldIn> {
  if (threadTs !== null) return { kind: 'thread', isShared: await sessions.sharesThread(session) };
  const { channelId, threadTs: ts } = session;
  return { kind: 'direct', thread: ts === '' ? null : await outbound.permalink(channelId, ts) };
}
