import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { summarize, USAGE_SCOPES, type UsageRow, type UsageScope } from '../../../src/session/usage.ts';
import { LIMIT } from '../../../src/slack/views/objects.ts';
import { renderUsage, type UsageReport } from '../../../src/slack/views/usage.ts';
import { en } from '../../../src/text/en.ts';

const HOSTILE = '<!channel> *x* `y`'.repeat(20);

const rows = Array.from({ length: 300 }, (_none, at): UsageRow => ({
  requestId: `r${at}`,
  userId: `U${at}`,
  consumed: at / 10,
  repos: [`${HOSTILE}${at}`],
}));

const COUNTED = { used: 3.4, reserved: 53.6, sessions: 4, own: [] };

function reportOf(scope: UsageScope): UsageReport {
  const budgets = [
    { key: 'acu_per_person_per_day' as const, most: 60, ...COUNTED },
    { key: 'acu_per_month' as const, most: 2000, ...COUNTED, used: 2003 },
  ];
  return { scope, budgets, summary: summarize(rows, scope), newest: null };
}

describe('a report of usage', () => {
  test.each(USAGE_SCOPES)('of %s is valid in Slack', (scope) => {
    expect(checkMessage(renderUsage(reportOf(scope), en))).toEqual([]);
  });

  test.each(USAGE_SCOPES)('of %s is no longer than Slack takes in a private message', (scope) => {
    const { blocks } = renderUsage(reportOf(scope), en);
    expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(LIMIT.messageJson);
  });

  test('mentions nobody, whatever a repository is called', () => {
    const { text } = renderUsage(reportOf('channel'), en);
    expect(text).not.toContain('<!channel>');
  });
});
