import type { Text } from '../../text/index.ts';
import { runAction } from '../ids.ts';
import { shownMoment } from './details-values.ts';
import { LIMIT } from './limits.ts';
import { actions, button, sections, type Rendered } from './objects.ts';
import type { FormIdentity } from './session-form.ts';
import { bold, escape, truncate } from './text.ts';
import { whyLines, type Why } from './why.ts';

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

/** `why`: what the person may do here; null: nothing, or that is not known. `canLink`: a link to Devin would help. */
type Whoami = { runsAs: FormIdentity; why: Why | null; canLink: boolean };

/** As whom a person's sessions run, how that is known, and what they may do where they ask. */
export function renderWhoami({ runsAs, why, canLink }: Whoami, text: Text): Rendered {
  const { whoami } = text.policy;
  const { who, how } = identityLines(runsAs, text);
  const lines = [
    who,
    ...(how === null ? [] : [how]),
    ...(why === null ? [] : whyLines(why, text.policy.whoami, text)),
  ];
  const again = button(runAction(0), whoami.again, 'whoami again');
  const linking = button(runAction(1), whoami.linking, 'help admin');
  return {
    text: truncate(lines.join('\n'), LIMIT.messageText),
    blocks: [...sections(lines), actions(canLink ? [again, linking] : [again])],
  };
}
