import { UNAPPROVED_ENDS, type Approval } from '../../src/session/approval.ts';
import type { Explained } from '../../src/session/policy/decide.ts';
import { CEILINGS } from '../../src/session/policy/limits.ts';
import { renderApproval, type ApprovalView, renderDeclineDialog } from '../../src/slack/blocks/approval.ts';
import type { Rendered } from '../../src/slack/blocks/objects.ts';
import { renderBudgetAlert, renderUsage, type UsageReport } from '../../src/slack/blocks/usage.ts';
import { renderWhoami, renderWhy } from '../../src/slack/blocks/why.ts';
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
  over: null,
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
    hasTranscript: true,
  },
};
const OVER = {
  by: ['words'],
  canceledBy: null,
  reason: 'words',
  atMs: 0,
  started: 'nothingStarted',
} as const;
const EXPLAINED: Omit<Explained, 'decision'> = {
  set: {},
  defaults: {},
  instructions: 'words',
  most: 5,
  ceilings: CEILINGS.map((key) => ({ key, most: 10, left: 3, rule: 'words' })),
  renewsAtMs: 0,
};
const REACHED = {
  userId: 'U1',
  limits: { openSessions: 2, startsPerHour: 3 },
  usage: { openSessions: 2, startsPerHour: 1 },
  reached: { limit: 'openSessions', allowed: 2, count: 2 },
} as const;

const REPORT: UsageReport = {
  scope: 'workspace',
  by: 'repo',
  days: 30,
  left: CEILINGS.map((key) => ({ key, most: 10, left: 3 })),
  summary: {
    sessions: 3,
    acu: 12.5,
    spans: [{ from: new Date('2026-11-01'), days: 1, acu: 4 }],
    groups: [{ name: 'acme/web', sessions: 3, acu: 12.5, merged: 1 }],
    acuPerMerged: 12.5,
    ended: 2,
    endedMerged: 1,
  },
  medianWaitMs: 60_000,
  newest: 5000,
  devin: { acu: 20, work: { sessions: 14, pullRequests: 12, merged: 9 } },
};

/** What the policy, its owners and approvers show. */
export const POLICY_SCREENS: Readonly<Record<string, (text: Text) => Rendered | object>> = {
  'an approval that is asked for': (text) => renderApproval(MESSAGE, text),
  'an approval of a second attempt that was declined': (text) =>
    renderApproval({ ...MESSAGE, over: { ...OVER, kind: 'declined', started: 'notSentAgain' } }, text),
  ...Object.fromEntries(
    (['approved', ...UNAPPROVED_ENDS, 'canceled', 'started'] as const).map((kind) => [
      `an approval: ${kind}`,
      (text: Text) => renderApproval({ ...MESSAGE, over: { ...OVER, kind } }, text),
    ]),
  ),
  'the question before a refusal': (text) =>
    renderDeclineDialog({ requestId: 'r1', number: 0, channelId: null, threadTs: null }, text),
  ...Object.fromEntries(
    CEILINGS.map((key) => [
      `the end of a budget: ${key}`,
      (text: Text) =>
        renderBudgetAlert(
          {
            alert: { key, subject: 'C1', percent: 75, counted: 75, most: 100, period: '2026-11' },
            over: 'approve',
            command: '/cog',
          },
          text,
        ),
    ]),
  ),
  'the usage': (text) => renderUsage(REPORT, text),
  'why, without a policy': (text) => renderWhy({ session: 'any', explained: null, ...REACHED }, text),
  'why, if a rule asks for approval': (text) =>
    renderWhy(
      {
        session: 'asked',
        explained: {
          ...EXPLAINED,
          decision: {
            kind: 'approval',
            rule: 'words',
            say: null,
            need: 2,
            approvers: [{ kind: 'user', id: 'U1' }],
            expiresMs: 0,
            changes: {},
          },
        },
        ...REACHED,
      },
      text,
    ),
  'why, over a budget': (text) =>
    renderWhy(
      {
        session: 'asked',
        explained: {
          ...EXPLAINED,
          decision: {
            kind: 'refused',
            rule: 'words',
            say: null,
            over: { key: 'acu_per_month', rule: 'words', most: 10, left: 0.5, asked: 3 },
          },
        },
        ...REACHED,
      },
      text,
    ),
  'who a person is': (text) =>
    renderWhoami(
      { runsAs: { kind: 'refused', why: text.notices.identity.guest(null) }, why: null, canLink: false },
      text,
    ),
};
