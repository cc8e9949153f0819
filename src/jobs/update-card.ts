import type { Log } from '../log.ts';
import { renderCard } from '../slack/blocks/session-card.ts';
import { cardView } from '../slack/card-view.ts';
import type { Outbound, Rendered } from '../slack/outbound.ts';
import type { Requests, SessionRequest } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import type { Enqueue } from './queue.ts';

export type RenderCard = (request: SessionRequest) => Promise<Rendered>;

export function createRenderCard({
  sessions,
  text,
}: {
  sessions: Pick<Sessions, 'ofRequest'>;
  text: Text;
}): RenderCard {
  return async (request) => {
    const session = request.state === 'created' ? await sessions.ofRequest(request.id) : null;
    return renderCard(cardView(request, session, text), text);
  };
}

type UpdateDeps = {
  requests: Pick<Requests, 'find' | 'cardDrawn'>;
  renderCard: RenderCard;
  outbound: Pick<Outbound, 'updateCard'>;
  enqueue: Enqueue;
  log: Log;
};

const UNCLEAR_WAIT_MS = 2000;

/** Makes the card say what the rows say. */
export function createCardUpdater({ requests, renderCard, outbound, enqueue, log }: UpdateDeps) {
  async function draw(request: SessionRequest): Promise<'drawn' | 'not now' | 'gone'> {
    const { id, card_channel_id: channelId, card_ts: ts } = request;
    if (channelId === null || ts === null) return 'gone';
    const result = await outbound.updateCard(channelId, ts, await renderCard(request));
    if (result.kind === 'updated') return 'drawn';
    if (result.kind === 'refused') {
      log.warn({ requestId: id, code: result.code }, 'Slack refused to edit a card');
      return 'gone';
    }
    const startAfterMs = result.kind === 'rate-limited' ? result.retryAfterMs : UNCLEAR_WAIT_MS;
    await enqueue('update-card', { requestId: id }, { key: id, startAfterMs });
    return 'not now';
  }

  return async (requestId: string): Promise<void> => {
    let request = await requests.find(requestId);
    // Two updates may overlap. Whoever drew something that is out of date by then draws again, so the last word is
    // the row's.
    while (request !== null && (await draw(request)) !== 'not now') {
      if (await requests.cardDrawn(requestId, request.updated_at)) return;
      request = await requests.find(requestId);
    }
  };
}
