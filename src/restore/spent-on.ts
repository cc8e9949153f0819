import type { SessionResponse } from '../devin/schemas.ts';
import { sessionPhase, STANDING } from '../session/lifecycle.ts';
import type { FoundSession } from '../store/ledger.ts';

type Known = Pick<FoundSession, 'requestId' | 'teamId' | 'userId' | 'channelId' | 'cap'>;

/** What a session that the database didn't know counts for, by what Devin says of it. */
export function spentOn(response: SessionResponse, known: Known): FoundSession {
  const { session_id: sessionId, acus_consumed: consumed, status, status_detail: statusDetail } = response;
  const isOpen = STANDING[sessionPhase({ status, statusDetail })] !== 'earlier';
  return { ...known, sessionId, startedAt: new Date(response.created_at * 1000), consumed, isOpen };
}
