import type { Text } from '../../text/index.ts';
import { escape } from './text.ts';

/** Who hears of something. `nobody`: the requester left Slack, and nobody took their place; null: without a name. */
export type Called = { kind: 'people'; userIds: readonly string[] } | { kind: 'nobody'; name: string | null };

/** The beginning of a message to them. Escaped. */
export function calledWords(called: Called, { milestones }: Text): string {
  if (called.kind === 'people') return milestones.people(called.userIds.map((id) => `<@${escape(id)}>`));
  return milestones.forName(called.name === null ? milestones.formerMember : escape(called.name));
}
