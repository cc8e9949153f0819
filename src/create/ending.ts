import type { Failure } from '../session/failure.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Step } from '../store/requests.ts';

type Ended = { to: 'failed' | 'refused'; failure: Failure };

/**
 * How a request ends without a session: its session secrets are erased. If an earlier attempt may have started one, it is
 * `unknown` again instead, and keeps what it needs to be started anyway.
 */
export function endWithout(
  { withoutSecrets }: Pick<Envelopes, 'withoutSecrets'>,
  { id, sealed, sentAt }: SessionRequest,
  { to, failure }: Ended,
): Pick<Step, 'to'> & { changes: NonNullable<Step['changes']> } {
  const changes = { failure, waiting: null };
  if (sentAt !== null) return { to: 'unknown', changes };
  return { to, changes: { ...changes, sealed: withoutSecrets(id, sealed) } };
}
