import type { Button, ModalView } from '@slack/types';
import { unopened } from './blocks/notices.ts';
import type { Unopened } from './blocks/notices.ts';
import type { Outbound, PrivatePlace } from './outbound.ts';
import type { TextFor } from './text-for.ts';

/** What is said, and where, should Slack not open it. `again`: a press of this opens it. */
export type Opening = { what: Unopened; place: PrivatePlace; again: Button };

/** null as `viewId`: it is open, but Slack did not name it. */
export type ViewOpener = (
  triggerId: string,
  view: ModalView,
  opening: Opening,
) => Promise<{ viewId: string | null }>;

type OpenerDeps = { outbound: Pick<Outbound, 'openView' | 'tellPrivately'>; textFor: TextFor };

/** A trigger works once, and for 3 s; the button of the notice brings another one. */
export function createViewOpener({ outbound, textFor }: OpenerDeps): ViewOpener {
  return async (triggerId, view, { what, place, again }) =>
    outbound.openView(triggerId, view).catch(async (error: unknown) => {
      await outbound.tellPrivately(place, unopened(what, again, await textFor(place.userId)));
      throw error;
    });
}
