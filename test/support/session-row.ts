import type { SessionRow } from '../../src/store/sessions.ts';
import { sessionResponse } from './session-response.ts';

const LONG_AGO = new Date(0);

/** A session that has been working for long, and is to be looked at. */
export function sessionRow(changes: Partial<SessionRow> = {}): SessionRow {
  const response = sessionResponse('s1');
  return {
    session_id: 's1',
    request_id: 'r1',
    url: response.url,
    response,
    team_id: 'T1',
    channel_id: 'C1',
    thread_ts: '1.1',
    phase: 'working',
    phase_at: LONG_AGO,
    was_finished: false,
    last_words: null,
    changed_at: LONG_AGO,
    next_look_at: LONG_AGO,
    touched_at: null,
    messages_cursor: null,
    muted: false,
    muted_by: null,
    listen: null,
    synced: true,
    thread_trouble: null,
    notify: null,
    told: [],
    stopped_by: null,
    archived_by: null,
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
    ...changes,
  };
}
