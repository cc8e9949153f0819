import type { SessionResponse } from '../devin/schemas.ts';
import { finishedSoFar, sessionPhase } from '../session/lifecycle.ts';
import { milestones, readToldPhase } from '../session/milestones.ts';
import type { Marked } from '../slack/marks.ts';
import type { SessionChanges } from '../store/sessions.ts';
import type { History } from './read-history.ts';
import { lastWordsOf } from '../follow/index.ts';

/** Of what the thread lacks, no more than this is posted late. */
const MAX_LATE = 20;

/** What a session came to, against what its thread shows of it. */
export type CatchUp = { unposted: Set<string>; untold: readonly string[]; sessionChanges: SessionChanges };

export function catchUp(
  response: SessionResponse,
  { messages, cursor }: History,
  thread: readonly Marked[],
): CatchUp {
  const posted = new Set(thread.flatMap(({ mark }) => (mark.kind === 'message' ? [mark.eventId] : [])));
  const shown = messages.findLastIndex(({ event_id: id }) => posted.has(id));
  const late = messages.slice(shown + 1).filter(({ source }) => source === 'devin');
  const { untold, ...came } = whatCame(response, thread);
  return {
    unposted: new Set(late.slice(-MAX_LATE).map(({ event_id: id }) => id)),
    untold,
    sessionChanges: {
      ...came,
      messagesCursor: cursor,
      lastWords: lastWordsOf(messages),
      nextLook: { inMs: 0, first: true },
    },
  };
}

/** The last phase that was told is the one it was in: what it came to since then is to be told. */
function whatCame(response: SessionResponse, thread: readonly Marked[]) {
  const told = thread
    .toSorted((a, b) => (a.ts < b.ts ? -1 : 1))
    .flatMap(({ mark }) => (mark.kind === 'milestone' ? [mark.key] : []));
  const phases = told.map(readToldPhase).filter((phase) => phase !== null);
  const before = phases.at(-1) ?? 'working';
  const wasFinished = before === 'finished';
  const { status, status_detail: statusDetail, pull_requests: prs } = response;
  const phase = sessionPhase({ status, statusDetail }, wasFinished);
  const after = {
    phase,
    wasFinished: finishedSoFar(phase, wasFinished),
    pullRequests: prs.map(({ pr_url: url }) => url),
  };
  const untold = milestones(told, { phase: before, wasFinished, pullRequests: [] }, after);
  return {
    untold,
    told: [...told, ...untold],
    phase,
    phaseAt: new Date(response.updated_at * 1000),
    wasFinished: after.wasFinished,
  };
}
