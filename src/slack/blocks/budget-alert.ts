import type { BudgetAlert } from '../../session/policy/index.ts';
import { acuWords } from '../../text/amounts.ts';
import type { Text } from '../../text/index.ts';
import { section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { bold, code, escape } from './text.ts';

type Shown = { alert: BudgetAlert; over: 'refuse' | 'approve'; command: string };

/** How much of a budget is used, what happens at its end, and where to look. */
export function renderBudgetAlert({ alert, over, command }: Shown, text: Text): Rendered {
  const words = text.usage.alert;
  const { key, percent, counted, most, period } = alert;
  const heading = words.heading(words[key](subjectWords(alert)), percent);
  const lines = [
    words.counted(acuWords(counted), acuWords(most), period),
    words.next[over],
    words.more(code(`${command} usage workspace --by person`)),
  ];
  return {
    text: [heading, ...lines].join('\n'),
    blocks: [section([bold(heading), ...lines].join('\n'))],
  };
}

/** A link, which calls nobody: the person is not in this conversation. */
function subjectWords({ key, subject }: BudgetAlert): string {
  if (subject === null) return '';
  return key === 'acu_per_person_per_day' ? `<@${escape(subject)}>` : `<#${escape(subject)}>`;
}
