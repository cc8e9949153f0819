import type { Identity, RefusedIdentity } from '../session/identity.ts';
import type { Text } from '../text/index.ts';

/** How it was established who a session runs as. */
export function identitySentence(identity: Exclude<Identity, { kind: 'refused' }>, text: Text): string {
  if (identity.kind === 'matched') return text.notices.matchedBy[identity.how];
  return identity.because === 'off'
    ? text.notices.serviceUser.off
    : text.notices.serviceUser.noMatch[identity.because];
}

/** Why a person can't start a session, and what to do about it. */
export function refusalSentence(identity: RefusedIdentity, text: Text): string {
  return text.notices.identity[identity.reason](identity.maskedEmail, identity.about);
}
