import type { Steering } from '../session/steering.ts';
import type { Text } from '../text/index.ts';

/** Who may instead, with a mention; null: the person may. */
export function refuseSteering({ kind }: Steering, requester: string, text: Text): string | null {
  switch (kind) {
    case 'allowed':
      return null;
    case 'requester-only':
      return text.steering.requesterOnly(`<@${requester}>`);
    case 'members-only':
      return text.steering.membersOnly(`<@${requester}>`);
  }
}
