import type { Choices, Explained } from '../../session/policy/form.ts';
import { acuWords, type Text } from '../../text/index.ts';
import { runAction } from '../edge/ids.ts';
import { optionWords, shownMoment } from './details-values.ts';
import { button, joinParts, packed, withAccessory, type Rendered } from './objects.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import type { FormIdentity } from './session-form.ts';
import { renderOwnSettings, type OwnSettings } from './settings.ts';
import { bold, escape } from './text.ts';
import { moneyLines } from './usage.ts';
import { announcementWords, hurdleLines, type Why } from './why.ts';

/** What needs an approval, or is limited or set here, and what is left of the budgets. */
function choicesLines({ choices, announcements }: Explained, text: Text): string[] {
  const { set, most, budgets } = choices;
  const values = optionWords(set, text);
  return [
    ...moneyLines(budgets, text),
    ...(most === null ? [] : [text.policy.why.perSession(acuWords(most))]),
    ...modeLines(choices, text),
    ...announcements
      .filter(({ field }) => field !== 'devin_mode')
      .map((one) => {
        const { label } = text.fields[one.field];
        return escape(text.joins.labeled(label, announcementWords(one, text)));
      }),
    ...(values.length === 0 ? [] : [text.policy.why.set(text.joins.list(values))]),
  ];
}

function modeLines({ modes }: Choices, { fields, joins, policy: { announce } }: Text): string[] {
  return (['refuse', 'approve'] as const).flatMap((verdict) => {
    const those = Object.entries(modes).flatMap(([mode, said]) => (said === verdict ? [mode] : []));
    return those.length === 0
      ? []
      : [joins.labeled(fields.devin_mode.label, announce[verdict](joins.list(those)))];
  });
}

/** Who a person's sessions run as, and how the app knows; `how`: null if the first sentence says it. */
export function identityLines(runsAs: FormIdentity, text: Text): { who: string; how: string | null } {
  switch (runsAs.kind) {
    case 'looking':
      return { who: text.home.runsAs.looking, how: null };
    case 'member':
      return {
        who: text.modal.runsAs.member(bold(escape(runsAs.name))),
        how: text.joins.sentences([escape(runsAs.how), ...checked(runsAs, text)]),
      };
    case 'service-user':
      return { who: text.joins.sentences([escape(runsAs.why), ...checked(runsAs, text)]), how: null };
    case 'not-known':
      return { who: escape(runsAs.why), how: null };
    case 'refused':
      return { who: `:warning: ${text.modal.cannotStart(escape(runsAs.why))}`, how: null };
  }
}

function checked({ checkedAtMs }: { checkedAtMs?: number }, text: Text): string[] {
  return checkedAtMs === undefined ? [] : [text.home.runsAs.checked(shownMoment(checkedAtMs, text))];
}

/** `why`: what the person may do here; null: nothing, or that is not known. */
type Whoami = OwnSettings & { runsAs: FormIdentity; why: Why | null };

/** The screen of a person: who their sessions run as, what they may do here, and what they chose. */
export function renderWhoami({ runsAs, why, ...own }: Whoami, text: Text): Rendered {
  const { who, how } = identityLines(runsAs, text);
  const again = button(runAction(0), text.card.buttons['check-again'], 'whoami again');
  const explained = why?.explained ?? null;
  const lines = [
    ...(why === null ? [] : hurdleLines(why, text)),
    ...(explained === null ? [] : choicesLines(explained, text)),
  ];
  return joinParts([
    withAccessory([who, ...(how === null ? [] : [how])].join(BETWEEN_FACTS), again),
    packed(lines),
    renderOwnSettings(own, text),
  ]);
}
