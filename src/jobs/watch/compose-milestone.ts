import { z } from 'zod';
import { renderMilestone } from '../../slack/blocks/milestone.ts';
import { cardView } from '../../slack/card-view.ts';
import type { Rendered } from '../../slack/outbound.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { Text } from '../../text/index.ts';
import type { Telling } from './tell-milestones.ts';

type ComposeDeps = {
  /** What Devin said last, and whether it stands in the thread. */
  lastSaid: (sessionId: string) => Promise<{ text: string; isPosted: boolean } | null>;
  /** The slash command's name. */
  command: string;
  text: Text;
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
export function createMilestoneComposer({ lastSaid, command, text, now }: ComposeDeps) {
  return async ({ milestone, request, session, inThread, resultShared }: Telling): Promise<Rendered> => {
    const said = await lastSaid(session.session_id);
    return renderMilestone(
      {
        what: milestone,
        card: cardView({ request, session, nowMs: now() }, text),
        words: said?.text ?? session.last_words,
        wordsShown: inThread && said !== null && said.isPosted,
        inThread,
        result: resultOf(session),
        resultShared,
        command,
      },
      text,
    );
  };
}
