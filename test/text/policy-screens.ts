import { UNAPPROVED_ENDS, type Approval } from '../../src/session/approval.ts';
import type { Explained, Hurdle } from '../../src/session/policy/decide.ts';
import { CEILINGS } from '../../src/session/policy/limits.ts';
import { effectivePreferences } from '../../src/session/preferences.ts';
import { cannotStart } from '../../src/slack/card-view.ts';
import { renderApproval, type ApprovalView, renderDeclineDialog } from '../../src/slack/views/approval.ts';
import type { Rendered } from '../../src/slack/views/objects.ts';
import { renderBudgetAlert, renderUsage, type UsageReport } from '../../src/slack/views/usage.ts';
import { renderWhoami, renderWhy } from '../../src/slack/views/whoami.ts';
import type { Text } from '../../src/text/index.ts';

const ANA = { userId: 'U1', name: 'words' };
const APPROVAL: Approval = {
  rule: 'words',
  say: 'words',
  need: 2,
  people: [ANA],
  fingerprint: 'f',
  policy: null,
  yes: [ANA],
  end: null,
};
const MESSAGE: ApprovalView = {
  requestId: 'r1',
  number: 0,
  approval: APPROVAL,
  title: 'words',
  untilMs: 0,
  requester: 'U2',
  channelId: null,
  task: 'words',
  secretNames: ['A'],
  names: {},
  asked: {
    values: {},
    runsAs: null,
    quotedMessages: 2,
    files: ['a.png'],
    leftOut: 1,
    instructions: 'words',
  },
};
const OVER = { by: ANA, reason: 'words', atMs: 0 };
const COUNTED = { most: 10, used: 3, reserved: 4, sessions: 3 };
const OWN = [{ title: null, url: 'https://devin.example/s1' }];
const EXPLAINED: Explained = {
  hurdles: [],
  terms: null,
  choices: {
    closed: null,
    set: {},
    modes: { fast: 'refuse', ultra: 'approve' },
    instructions: 'words',
    most: 5,
    budgets: CEILINGS.map((key) => ({ key, ...COUNTED, own: OWN })),
  },
  announcements: [
    { field: 'repos', verdict: 'approve', wanted: { kind: 'names', names: ['a', 'b', 'c', 'd', 'e', 'f'] } },
    { field: 'max_acu_limit', verdict: 'refuse', wanted: { kind: 'over', acu: 5 } },
    { field: 'session_secrets', verdict: 'refuse', wanted: { kind: 'switch', on: true } },
    { field: 'bypass_approval', verdict: 'approve', wanted: { kind: 'switch', on: false } },
  ],
};
const RULE = { rule: 'words', say: 'words', field: 'prompt' } as const;
const HURDLES: Hurdle[] = [
  { ...RULE, kind: 'rule', verdict: 'refuse' },
  { ...RULE, kind: 'rule', verdict: 'approve' },
  { ...RULE, kind: 'set', verdict: 'refuse', value: { max_acu_limit: 5 } },
  { ...RULE, kind: 'cap', verdict: 'refuse', asked: 9, most: 5 },
  ...CEILINGS.flatMap((key) =>
    [0, 1, 3].map((sessions): Hurdle => ({
      ...RULE,
      kind: 'budget',
      verdict: 'refuse',
      asked: 9,
      ceiling: { key, ...COUNTED, sessions, own: sessions === 3 ? OWN : [] },
      renewsAtMs: 0,
    })),
  ),
];
const REACHED = {
  userId: 'U1',
  reached: { limit: 'openSessions', allowed: 2, count: 2 },
} as const;

const REPORT: UsageReport = {
  scope: 'workspace',
  by: 'repo',
  days: 30,
  budgets: CEILINGS.map((key) => ({ key, ...COUNTED, own: [] })),
  summary: { sessions: 3, acu: 12.5, groups: [{ name: 'acme/web', sessions: 3, acu: 12.5 }] },
  newest: 5000,
};

/** What the policy, its owners and approvers show. */
export const POLICY_SCREENS: Readonly<Record<string, (text: Text) => Rendered | object>> = {
  'an approval that is asked for': (text) => renderApproval(MESSAGE, text),
  ...Object.fromEntries(
    (['approved', ...UNAPPROVED_ENDS, 'canceled', 'started'] as const).map((kind) => [
      `an approval: ${kind}`,
      (text: Text) => renderApproval({ ...MESSAGE, approval: { ...APPROVAL, end: { ...OVER, kind } } }, text),
    ]),
  ),
  'the question before a refusal': (text) => renderDeclineDialog({ requestId: 'r1', number: 0 }, text),
  ...Object.fromEntries(
    CEILINGS.map((key) => [
      `the end of a budget: ${key}`,
      (text: Text) =>
        renderBudgetAlert(
          {
            alert: { key, teamId: 'T1', subject: 'C1', percent: 75, ...COUNTED, period: '2026-11' },
            over: 'approve',
            command: '/cog',
          },
          text,
        ),
    ]),
  ),
  'the usage': (text) => renderUsage(REPORT, text),
  'why, at a limit of a person': (text) => renderWhy({ explained: EXPLAINED, ...REACHED }, text),
  ...Object.fromEntries(
    HURDLES.map((hurdle, at) => [
      `why: ${hurdle.kind} ${at}`,
      (text: Text) =>
        renderWhy(
          {
            explained: {
              ...EXPLAINED,
              hurdles: [hurdle],
              terms: { need: 2, approvers: [{ kind: 'user', id: 'U1' }] },
            },
            ...REACHED,
          },
          text,
        ),
    ]),
  ),
  'why, if nothing is in the way': (text) =>
    renderWhy({ explained: EXPLAINED, ...REACHED, reached: null }, text),
  'who a person is': (text) =>
    renderWhoami(
      {
        runsAs: cannotStart(text.notices.identity.guest(), text),
        why: { explained: EXPLAINED, ...REACHED },
        defaults: { values: {}, sources: {} },
        preferences: effectivePreferences([]),
      },
      text,
    ),
};
