const PREFIX = 'devin-';

/**
 * A session's id as we store and compare it: without the `devin-` that some answers carry and others do not.
 * https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session
 */
export function toBareId(sessionId: string): string {
  return sessionId.startsWith(PREFIX) ? sessionId.slice(PREFIX.length) : sessionId;
}

/** A session's id as paths want it: with the prefix. */
export function toPathId(sessionId: string): string {
  return `${PREFIX}${toBareId(sessionId)}`;
}
