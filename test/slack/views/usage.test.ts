import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { summarize, USAGE_BY, type UsageBy, type UsageRow } from '../../../src/session/usage.ts';
import { LIMIT } from '../../../src/slack/views/objects.ts';
import { renderUsage, type UsageReport } from '../../../src/slack/views/usage.ts';
import { en } from '../../../src/text/en.ts';

const NOW = new Date('2026-11-26T15:00:00Z');
const HOSTILE = '<!channel> *x* `y`'.repeat(20);

const rows = Array.from({ length: 300 }, (_none, at): UsageRow => ({
  requestId: `r${at}`,
  userId: `U${at}`,
  channelId: `C${at}`,
  at: new Date(NOW.getTime() - at * 3_600_000),
  consumed: at / 10,
  repos: [`${HOSTILE}${at}`],
}));

const COUNTED = { used: 3.4, reserved: 53.6, sessions: 4, own: [] };

function reportOf(by: UsageBy, of = rows, days = 30): UsageReport {
  const budgets = [
    { key: 'acu_per_person_per_day' as const, most: 60, ...COUNTED },
    { key: 'acu_per_month' as const, most: 2000, ...COUNTED, used: 2003 },
  ];
  return { scope: 'workspace', by, days, budgets, summary: summarize(of, by), newest: null };
}

describe('a report of usage', () => {
  test.each(USAGE_BY)('by %s is valid in Slack', (by) => {
    expect(checkMessage(renderUsage(reportOf(by), en))).toEqual([]);
  });

  test.each(USAGE_BY)('by %s is no longer than Slack takes in a private message', (by) => {
    const { blocks } = renderUsage(reportOf(by), en);
    expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(LIMIT.messageJson);
  });

  test('mentions nobody, whatever a repository is called', () => {
    const { text } = renderUsage(reportOf('repo'), en);
    expect(text).not.toContain('<!channel>');
  });
});
