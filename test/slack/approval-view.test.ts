import { expect, test } from 'vitest';
import type { Approval } from '../../src/session/approval.ts';
import { approvalView } from '../../src/slack/card-view.ts';
import { renderApproval } from '../../src/slack/views/approval.ts';
import type { SessionRequest } from '../../src/store/requests.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';

const by = { userId: 'U2', name: 'Ben' };
const DECLINED: Approval = {
  rule: 'infra',
  say: null,
  need: 1,
  people: [by],
  fingerprint: '',
  policy: null,
  yes: [],
  end: { kind: 'declined', by, reason: null, atMs: 0 },
};
const { nothingStarted, notSentAgain } = en.notices;

const shown = (row: Partial<SessionRequest>): string => {
  const view = approvalView(requestRow({ approvals: [DECLINED], ...row }), 0);
  return view === null ? '' : renderApproval(view, en).text;
};

test.each([
  ['nothing was started', { state: 'failed' }, nothingStarted, notSentAgain],
  [
    'an earlier attempt is not confirmed',
    { state: 'unknown', sentAt: new Date(1) },
    notSentAgain,
    nothingStarted,
  ],
] as const)('an approver sees that %s after a request was declined', (_what, row, said, unsaid) => {
  expect(shown(row)).toContain(`Ben declined this request. ${said}`);
  expect(shown(row)).not.toContain(unsaid);
});
