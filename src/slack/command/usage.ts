import type { IntentOf } from '../../session/intent.ts';
import { DEFAULT_DAYS, MOST_DAYS, USAGE_BY } from '../../session/usage.ts';
import type { UsageScope } from '../../session/usage.ts';

/** Slack's apps make dashes of two hyphens. */
const OPTION = /^(?:--|[—–])(by|since)(?:=(\S+))?$/i;
const DAYS = /^(\d{1,3})d?$/i;

const USUALLY_BY = { me: 'repo', channel: 'mode', workspace: 'mode' } as const;

/** `--by person --since 30d`; null: something else. */
export function readUsage(scope: UsageScope['kind'], options: string): IntentOf<'usage'> | null {
  const words = options.split(/\s+/).filter((word) => word !== '');
  const intent: IntentOf<'usage'> = { kind: 'usage', scope, by: USUALLY_BY[scope], days: DEFAULT_DAYS };
  while (words.length > 0) {
    const [, name, joined] = OPTION.exec(words.shift() ?? '') ?? [];
    const value = joined ?? words.shift() ?? '';
    const by = USAGE_BY.find((known) => known === value.toLowerCase());
    const days = Number(DAYS.exec(value)?.[1] ?? 0);
    if (name?.toLowerCase() === 'by' && by !== undefined) intent.by = by;
    else if (name?.toLowerCase() === 'since' && days >= 1 && days <= MOST_DAYS) intent.days = days;
    else return null;
  }
  return intent;
}
