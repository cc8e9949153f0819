import type { Option } from '../model.ts';
import type { Element } from '../rules/elements.ts';
import type { State } from '../state.ts';
import { wireFile } from '../wire.ts';
import { workspaceOptions } from './workspace-options.ts';

/** One element on a person's screen; `place`: a view's id or a message's ts. */
type Offered = { place: string; blockId: string; element: Element; userId: string };

export type Offers = ReturnType<typeof createOffers>;

/** What external selects have been offered, and what Slack offers by itself: a person can pick nothing else. */
export function createOffers(state: State) {
  const offered = new Map<string, Option[]>();
  const suggested = (place: string, blockId: string): Option[] => offered.get(`${place}/${blockId}`) ?? [];
  return {
    /** What a person can pick beyond the options that the element itself lists. */
    get: ({ place, blockId, element, userId }: Offered): Option[] => [
      ...suggested(place, blockId),
      ...workspaceOptions(state, element, userId),
    ],
    add(place: string, blockId: string, options: readonly Option[]): void {
      offered.set(`${place}/${blockId}`, [...suggested(place, blockId), ...options]);
    },
    fileObject(fileId: string) {
      const file = state.files.get(fileId);
      if (file === undefined) throw new Error(`The local Slack has no file ${fileId}.`);
      return wireFile(state, file);
    },
  };
}
