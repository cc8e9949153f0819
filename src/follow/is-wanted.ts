import type { Notify } from '../session/preferences.ts';
import { isFirst } from '../session/milestones.ts';
import type { Milestone } from '../session/milestones.ts';
import type { Calls } from '../store/calls.ts';
import type { MilestoneRow } from '../store/milestones.ts';
import type { Said, SessionMessages } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';

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
