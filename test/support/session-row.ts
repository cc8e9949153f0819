import type { SessionRow } from '../../src/store/sessions.ts';
import { sessionSnapshot } from './session-snapshot.ts';

const LONG_AGO = new Date(0);

/** A session that has worked for a long time, and is due for a poll. */
export function sessionRow(changes: Partial<SessionRow> = {}): SessionRow {
  const snapshot = sessionSnapshot('s1');
  return {
    sessionId: 's1',
    requestId: 'r1',
    snapshot,
    teamId: 'T1',
    channelId: 'C1',
    threadTs: '1.1',
    phase: 'working',
    phaseAt: LONG_AGO,
    wasFinished: false,
    lastWords: null,
    changedAt: LONG_AGO,
    nextLookAt: LONG_AGO,
    touchedAt: null,
    messagesCursor: null,
    mutedBy: null,
    listen: null,
    introducesThread: true,
    threadTrouble: null,
    told: [],
    stoppedBy: null,
    archivedBy: null,
    createdAt: LONG_AGO,
    ...changes,
  };
}
