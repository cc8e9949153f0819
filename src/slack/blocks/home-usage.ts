import type { Text } from '../../text/index.ts';
import type { ShownBlock } from './charts.ts';
import { context, sections } from './objects.ts';
import { bold, code } from './text.ts';
import { devinLines, groupLines, leftLines, spanChart, totalLines } from './usage.ts';
import type { UsageReport } from './usage.ts';

/** A person's own, in App Home. */
export type HomeUsage = Pick<UsageReport, 'days' | 'left' | 'summary' | 'medianWaitMs'>;

/** Of everyone, for those who may see it. */
export type HomeEveryone = Pick<UsageReport, 'by' | 'days' | 'summary' | 'medianWaitMs' | 'devin'>;

type Shown = { usage: HomeUsage; /** With a chart. */ rich: boolean; command: string };

/** What is left of budgets first, then the person's own totals; nothing if there is neither. */
export function homeUsage({ usage, rich, command }: Shown, text: Text): ShownBlock[] {
  const words = text.usage;
  const { sessions } = usage.summary;
  if (sessions === 0 && usage.left.length === 0) return [];
  const heading = bold(words.heading(words.home.title, words.days(usage.days)));
  return [
    { type: 'divider' },
    ...sections([heading, ...leftLines(usage.left, text), ...totalLines(usage, text)]),
    ...(rich && sessions > 0 ? [spanChart(usage, text)] : []),
    context(words.home.more(code(`${command} usage`))),
  ];
}

const MOST_PEOPLE = 5;

/** What everyone used, and who used most. */
export function homeEveryone(everyone: HomeEveryone, command: string, text: Text): ShownBlock[] {
  const words = text.usage;
  const heading = bold(words.heading(words.title.workspace, words.days(everyone.days)));
  const totals = [...totalLines(everyone, text), ...devinLines(everyone, text)];
  return [
    { type: 'divider' },
    ...sections([heading, ...totals]),
    ...sections(groupLines(everyone, text, MOST_PEOPLE)),
    context(words.home.more(code(`${command} usage workspace --by person`))),
  ];
}
