import { RESULT_LENGTH } from '../slack/blocks/milestone.ts';
import type { CardPlace, Outbound } from '../slack/outbound.ts';
import type { SessionRow } from '../store/sessions.ts';
import { resultOf } from './compose-milestone.ts';

type ShareDeps = { outbound: Pick<Outbound, 'upload' | 'share'> };

/** Puts a result that is longer than a message shows into the thread, as a file. Tried once. */
export function createResultSharer({ outbound }: ShareDeps) {
  return async ({ channelId, threadTs }: CardPlace, session: SessionRow): Promise<boolean> => {
    const result = resultOf(session);
    if (threadTs === null || result === null || result.length <= RESULT_LENGTH) return false;
    const name = 'result.json';
    const uploaded = await outbound.upload({ name, content: new TextEncoder().encode(result) });
    if (uploaded.kind !== 'uploaded') return false;
    const shared = await outbound.share({ channelId, threadTs }, uploaded.fileId, name);
    return shared.kind === 'shared';
  };
}
