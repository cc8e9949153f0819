import { expect, test } from 'vitest';
import { useGovernedWorld } from '../support/governed.ts';
import { cardOf } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';

const POLICY = `
rules:
  - { name: ask, then: approve, approvers: [S0PLATFORM], expires: 1h }
`;

const clock = { aheadMs: 0 };
const world = useGovernedWorld(POLICY, {
  overrides: {
    now: () => Date.now() + clock.aheadMs,
    // Only the button notices that the time is over.
    sweepTimes: { everyMs: 3_600_000, strandedMs: 3_600_000 },
  },
});

test('a late approval starts nothing, even if the request still shows as waiting', async () => {
  const { slack } = world();
  const ben = addColleague(world());
  const { channelId, type, own } = someoneIn(world(), { others: [ben.userId] });
  slack.setGroup('S0PLATFORM', [ben.userId]);
  await type('fix it now');
  const direct = slack.directMessages(ben.userId);
  const { ts } = await slack.waitForMessage(direct, (message) =>
    slack.renderText(message).includes('[Start session]'),
  );
  clock.aheadMs += 2 * 3_600_000;
  await slack.clickButton(ben.userId, { channelId: direct, ts }, 'approve_request');
  await cardOf(slack, channelId, (text) => text.includes('Nobody approved this request in time'));
  await slack.waitForMessage(direct, ({ text }) => text.includes('or has expired'));
  expect(own()).toHaveLength(0);
});
