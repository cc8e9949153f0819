import type { Option } from '../model.ts';
import type { State } from '../state.ts';
import { wireFile } from '../wire.ts';

export type Offers = {
  get: (place: string, blockId: string) => Option[];
  add: (place: string, blockId: string, options: readonly Option[]) => void;
  fileObject: (fileId: string) => Record<string, unknown>;
};

/** What external selects have been offered: a person can pick nothing else. */
export function createOffers(state: State): Offers {
  const offered = new Map<string, Option[]>();
  const get = (place: string, blockId: string): Option[] => offered.get(`${place}/${blockId}`) ?? [];
  return {
    get,
    add(place, blockId, options) {
      offered.set(`${place}/${blockId}`, [...get(place, blockId), ...options]);
    },
    fileObject(fileId) {
      const file = state.files.get(fileId);
      if (file === undefined) throw new Error(`The local Slack has no file ${fileId}.`);
      return wireFile(state, file);
    },
  };
}
