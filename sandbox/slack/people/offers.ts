import type { Option } from '../model.ts';
import type { Element } from '../rules/elements.ts';
import type { State } from '../state.ts';
import { wireFile } from '../wire.ts';
import { workspaceOptions } from './workspace-options.ts';

/** One element on a person's screen; `place`: a view's id or a message's ts. */
type Offered = { place: string; blockId: string; element: Element; userId: string };

export type Offers = {
  /** What a person can pick beyond the options that the element itself lists. */
  get: (offered: Offered) => Option[];
  add: (place: string, blockId: string, options: readonly Option[]) => void;
  fileObject: (fileId: string) => Record<string, unknown>;
};

/** What external selects have been offered, and what Slack offers by itself: a person can pick nothing else. */
export function createOffers(state: State): Offers {
  const offered = new Map<string, Option[]>();
  const suggested = (place: string, blockId: string): Option[] => offered.get(`${place}/${blockId}`) ?? [];
  return {
    get: ({ place, blockId, element, userId }) => [
      ...suggested(place, blockId),
      ...workspaceOptions(state, element, userId),
    ],
    add(place, blockId, options) {
      offered.set(`${place}/${blockId}`, [...suggested(place, blockId), ...options]);
    },
    fileObject(fileId) {
      const file = state.files.get(fileId);
      if (file === undefined) throw new Error(`The local Slack has no file ${fileId}.`);
      return wireFile(state, file);
    },
  };
}
