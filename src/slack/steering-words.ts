import type { Steering } from '../session/steering.ts';
import type { Text } from '../text/index.ts';
import { escape } from './blocks/text.ts';
import { refusalSentence } from './identity-words.ts';

/** Who may instead, with a mention; null: the person may. */
export function refuseSteering(verdict: Steering, requester: string, text: Text): string | null {
  switch (verdict.kind) {
    case 'allowed':
      return null;
    case 'requester-only':
      return text.steering.requesterOnly(`<@${requester}>`);
    case 'members-only':
      return text.steering.membersOnly(
        `<@${requester}>`,
        verdict.identity === null ? null : escape(refusalSentence(verdict.identity, text)),
      );
  }
}
