import type { Text } from '../../text/index.ts';
import { shownMoment } from './details-values.ts';
import type { FormIdentity } from './session-form.ts';
import { bold, escape } from './text.ts';

/** Who a person's sessions run as, and how the app knows; `how`: null if the first sentence says it. */
export function identityLines(runsAs: FormIdentity, text: Text): { who: string; how: string | null } {
  switch (runsAs.kind) {
    case 'looking':
      return { who: text.home.runsAs.looking, how: null };
    case 'member':
      return {
        who: text.home.runsAs.member(bold(escape(runsAs.name))),
        how: text.joins.sentences([escape(runsAs.how), ...checked(runsAs, text)]),
      };
    case 'service-user':
      return { who: text.joins.sentences([escape(runsAs.why), ...checked(runsAs, text)]), how: null };
    case 'not-known':
      return { who: escape(runsAs.why), how: null };
    case 'refused':
      return { who: text.modal.runsAs.refused(escape(runsAs.why)), how: null };
  }
}

function checked({ checkedAtMs }: { checkedAtMs?: number }, text: Text): string[] {
  return checkedAtMs === undefined ? [] : [text.home.runsAs.checked(shownMoment(checkedAtMs))];
}
