import { ownershipOf } from '../session/steering.ts';
import type { Steering } from '../session/steering.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Text } from '../text/index.ts';
import { escape } from './blocks/text.ts';
import { refusalSentence } from './identity-words.ts';

type Asked = Pick<SessionRequest, 'source' | 'userId' | 'identity'>;

/** Why a person may not, and who may instead, with a mention; null: the person may. */
export function refuseSteering(
  verdict: Steering,
  { request, userId }: { request: Asked; userId: string },
  text: Text,
): string | null {
  if (verdict.kind === 'allowed') return null;
  const who = whoElse(request, userId);
  if (verdict.kind === 'requester-only') return text.steering.requesterOnly(who);
  const why = verdict.identity === null ? null : escape(refusalSentence(verdict.identity, text));
  return text.steering.membersOnly(who, why);
}

/** null: nobody is known, or it is the person who asks. */
function whoElse(request: Asked, userId: string): string | null {
  const { requester, owner } = ownershipOf(request);
  if (requester === null) return owner === null ? null : escape(owner.name);
  return requester === userId ? null : `<@${requester}>`;
}
