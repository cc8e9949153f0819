import { isFirst } from '../session/milestones.ts';
import type { Milestone } from '../session/milestones.ts';
import type { Notify } from '../session/preferences.ts';
import { renderMilestone, RESULT_LENGTH } from '../slack/blocks/milestone.ts';
import type { ToldIn } from '../slack/blocks/milestone.ts';
import { cardView } from '../slack/card-view.ts';
import type { CardPlace, Outbound, Rendered } from '../slack/outbound.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Calls } from '../store/calls.ts';
import type { MilestoneRow } from '../store/milestones.ts';
import type { Said, SessionMessages } from '../store/session-messages.ts';
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

/** The structured output of a session, as people read JSON. */
function resultOf({ snapshot }: Pick<SessionRow, 'snapshot'>): string | null {
  const { structuredOutput: output } = snapshot;
  return output === null ? null : JSON.stringify(output, null, 2);
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

type ShareDeps = { outbound: Pick<Outbound, 'upload' | 'share'> };

/** Puts a result that is longer than a message shows into the thread, as a file. Tried once. */
export function createResultSharer({ outbound }: ShareDeps) {
  return async ({ channelId, threadTs }: CardPlace, session: SessionRow): Promise<boolean> => {
    const result = resultOf(session);
    if (threadTs === null || result === null || result.length <= RESULT_LENGTH) return false;
    const name = 'result.json';
    const uploaded = await outbound.upload({ name, content: new TextEncoder().encode(result) });
    if (uploaded.kind !== 'uploaded') return false;
    const shared = await outbound.share({ channelId, threadTs }, uploaded.fileId, name);
    return shared.kind === 'shared';
  };
}

type WantedDeps = {
  messages: Pick<SessionMessages, 'saidWith' | 'isFollowedUp'>;
  calls: Pick<Calls, 'isMade'>;
};

type Case = {
  milestone: Milestone;
  row: MilestoneRow;
  session: SessionRow;
  notify: Notify;
  said: Said | null;
};

/** Who wrote so recently sees what comes of it without being called. */
const QUIET_MS = 10 * 60_000;

/** Not what is over by now, nor where people asked for quiet; but that a session costs which nobody knew of, always. */
export async function isWanted(deps: WantedDeps, one: Case): Promise<boolean> {
  const { milestone, row, session, notify, said } = one;
  const { sessionId, phase } = session;
  if (milestone.kind === 'found-late' || milestone.kind === 'twice') return true;
  if (notify === 'card' || (notify === 'thread' && !session.synced)) return false;
  switch (milestone.kind) {
    case 'needs-you':
      if (phase !== 'needs-you') return false;
      return row.attemptedAt !== null || said === null || !(await deps.calls.isMade(sessionId, said.eventId));
    case 'needs-approval':
      return phase === 'needs-approval';
    case 'pr':
      return !(notify === 'thread' && (await isNamed(deps, sessionId, milestone.url)));
    case 'finished':
      return isFirst(row.key) || !(await isAwaited(deps, row));
    default:
      return true;
  }
}

/** In what Devin said, and not as the beginning of another address. */
async function isNamed({ messages }: WantedDeps, sessionId: string, url: string): Promise<boolean> {
  const texts = await messages.saidWith(sessionId, url);
  return texts.some((text) =>
    text
      .split(url)
      .slice(1)
      .some((after) => !/^\d/.test(after)),
  );
}

async function isAwaited({ messages }: WantedDeps, { sessionId: id, createdAt: at }: MilestoneRow) {
  return messages.isFollowedUp(id, new Date(at.getTime() - QUIET_MS));
}
