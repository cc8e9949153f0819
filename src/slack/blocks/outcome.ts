import type { Text } from '../../text/index.ts';
import { mentionOf } from './call.ts';
import { LIMIT } from './limits.ts';
import { context, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { BETWEEN_FACTS, cardTitle, linkedTitle } from './session-card.ts';
import type { SessionCard } from './session-card.ts';
import { bold, escape, link, truncate } from './text.ts';

const REASON_LENGTH = 2500;

/** `cardUrl`: of the card, if the message is not below it. */
export type OutcomeMessage = { card: SessionCard; reason: string | null; cardUrl: string | null };

/** That a request has no session, or may have none: why, and what to do. The buttons are on the card. */
export function renderOutcome({ card, reason, cardUrl }: OutcomeMessage, text: Text): Rendered {
  const { milestones } = text;
  const isUnknown = card.phase === 'unknown';
  const words = isUnknown
    ? milestones.notConfirmed
    : card.phase === 'ended'
      ? milestones.notApproved
      : milestones.failed;
  const lines = [
    words(mentionOf(card), bold(escape(cardTitle(card, text)))),
    ...(reason === null ? [] : [truncate(escape(reason), REASON_LENGTH)]),
    isUnknown ? milestones.notConfirmedNow : milestones.notStartedNow,
  ];
  const where =
    cardUrl === null
      ? []
      : [[linkedTitle(card, text), link(cardUrl, text.notices.openCard)].join(BETWEEN_FACTS)];
  return {
    text: truncate([...lines, ...where].join('\n'), LIMIT.messageText),
    blocks: [...lines.map(section), ...where.map((one) => context(one))],
  };
}
