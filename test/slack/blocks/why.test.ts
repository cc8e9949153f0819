import { expect, test } from 'vitest';
import { renderWhy } from '../../../src/slack/blocks/why.ts';
import { en } from '../../../src/text/en.ts';

const PLACE = { set: {}, defaults: {}, instructions: null, most: null, ceilings: [], renewsAtMs: null };
const LEFT = {
  limits: { openSessions: 20, startsPerHour: 30 },
  usage: { openSessions: 0, startsPerHour: 0 },
  reached: null,
};
const ASKS = {
  kind: 'approval',
  rule: 'ultra',
  say: null,
  need: 1,
  expiresMs: 1,
  changes: {},
} as const;

function whyFor(
  userId: string,
  approvers: readonly ({ kind: 'user'; id: string } | { kind: 'group'; id: string })[],
) {
  const decision = { ...ASKS, approvers: [...approvers] };
  return renderWhy({ session: 'asked', userId, explained: { ...PLACE, decision }, ...LEFT }, en).text;
}

const OWNER = { kind: 'user', id: 'UOWNER' } as const;

test('names who can approve it', () => {
  expect(whyFor('UANA', [OWNER])).toContain('Who can approve it: <@UOWNER>.');
});

test("doesn't name the person who asks, and says if too few others are left", () => {
  expect(whyFor('UOWNER', [OWNER])).toContain('Not enough people besides you can approve it.');
  expect(whyFor('UOWNER', [OWNER, { kind: 'user', id: 'UBEN' }])).toContain('Who can approve it: <@UBEN>.');
  expect(whyFor('UOWNER', [OWNER, { kind: 'group', id: 'SOPS' }])).toContain('<!subteam^SOPS>');
});
