import type { SessionSecret } from '../session/fields.ts';
import { fingerprintOf } from '../session/json.ts';
import type { Envelopes } from '../store/envelope.ts';
import { twinKey, type NewRequest } from '../store/request-row.ts';
import type { SavedRequest } from '../store/requests.ts';

type Sent = { request: NewRequest; typed: readonly SessionSecret[] };

/**
 * Whether a form that was sent twice from one view, since the first answer was lost, says something else than what was
 * saved the first time. `typed`: the secrets that are in the view. Those entered one by one are in no form anymore.
 */
export function saysOther(
  saved: SavedRequest,
  { request, typed }: Sent,
  envelopes: Pick<Envelopes, 'open'>,
): boolean {
  if (saved.id === request.id) return false;
  const isSame = saved.twinKey === twinKey(request) && choiceOf(saved) === choiceOf(request);
  return !isSame || typed.some((secret) => !hadSecret(saved, secret, envelopes));
}

function choiceOf({ context }: Pick<NewRequest, 'context'>): string {
  return fingerprintOf([context?.choice ?? null, context?.without ?? null]);
}

/** Once the request was sent, only the names of its secrets are known. */
function hadSecret(
  { id, sealed, secretNames }: SavedRequest,
  secret: SessionSecret,
  envelopes: Pick<Envelopes, 'open'>,
): boolean {
  const kept = envelopes.open(id, sealed)?.sessionSecrets ?? [];
  if (kept.length === 0) return secretNames.includes(secret.key);
  return kept.some((one) => fingerprintOf(one) === fingerprintOf(secret));
}
