import type { CardPlace, Outbound } from '../../slack/outbound.ts';
import { askedAt } from '../../store/request-row.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import { backOffMs } from '../../queue/index.ts';
import type { Transitions } from '../transitions.ts';
import type { DrawCard } from '../update-card.ts';
import { nextOrLeave } from './outcome.ts';
import type { CreateStep, StepOutcome } from './outcome.ts';
import type { EndRequest } from './patience.ts';

type PostCardDeps = {
  outbound: Pick<Outbound, 'postCard' | 'findCard' | 'directChannel'>;
  drawCard: DrawCard;
  transitions: Transitions;
  end: EndRequest;
  now: () => number;
};

/** identified -> carded: the card is there once, whatever happens to Slack's answer. */
export function createPostCardStep({ outbound, drawCard, transitions, end, now }: PostCardDeps): CreateStep {
  async function placeOf(request: SessionRequest): Promise<CardPlace | null> {
    if (request.card_elsewhere === null)
      return { channelId: request.channel_id, threadTs: request.thread_ts };
    const channelId = await outbound.directChannel(request.user_id);
    return channelId === null ? null : { channelId, threadTs: null };
  }

  async function carded(request: SessionRequest, channelId: string, ts: string): Promise<StepOutcome> {
    const tell = request.card_elsewhere !== null && request.card_ts === null;
    const moved = await transitions.move(
      {
        id: request.id,
        from: 'identified',
        to: 'carded',
        changes: { card_channel_id: channelId, card_ts: ts },
      },
      tell ? { tell: 'card-elsewhere' } : {},
    );
    return nextOrLeave(moved);
  }

  async function post(request: SessionRequest, place: CardPlace): Promise<StepOutcome> {
    const { rendered } = await drawCard(request);
    const result = await outbound.postCard(place, request, rendered);
    switch (result.kind) {
      case 'posted':
        return carded(request, place.channelId, result.ts);
      case 'rate-limited':
        return { kind: 'later', afterMs: result.retryAfterMs };
      case 'unclear':
        return { kind: 'later', afterMs: backOffMs(now() - askedAt(request).getTime()) };
      case 'refused':
        if (request.card_elsewhere !== null) return end(request, { kind: 'slack', code: result.code });
        return nextOrLeave(
          await transitions.stay(request, { card_elsewhere: result.code, card_attempted_at: null }),
        );
    }
  }

  return async (request) => {
    // Tried again after a failure: the card is there already.
    if (request.card_ts !== null && request.card_channel_id !== null) {
      return carded(request, request.card_channel_id, request.card_ts);
    }
    const place = await placeOf(request);
    if (place === null) return end(request, { kind: 'slack', code: 'no_direct_message' });
    const found = await outbound.findCard(place, request);
    if (found !== null) return carded(request, place.channelId, found);
    const attempted = await transitions.stay(request, { card_attempted_at: new Date() });
    return attempted === null ? { kind: 'leave' } : post(attempted, place);
  };
}
