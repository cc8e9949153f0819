import { describe, expect, test } from 'vitest';
import type { Approval } from '../../src/session/approval.ts';
import type { PlaceKind } from '../../src/session/context.ts';
import type { SlackPerson } from '../../src/session/identity.ts';
import type { SessionRequest } from '../../src/store/requests.ts';
import { en } from '../../src/text/en.ts';
import { parseYaml } from '../../src/trust/file-source.ts';
import { createGate } from '../../src/trust/gate.ts';
import { POLICY_FILE } from '../../src/trust/index.ts';
import { requestRow } from '../support/request-row.ts';

const member = (userId: string): SlackPerson => ({
  kind: 'member',
  userId,
  name: userId,
  email: null,
  isAdmin: false,
  locale: null,
});

/** A gate in a channel that the app can't look at. */
function gateUnder(yaml: string) {
  const parsed = parseYaml(`version: 1\n${yaml}`, {
    name: 'policy.yml',
    format: POLICY_FILE,
    text: en,
  });
  if (!parsed.ok) throw new Error('the policy has errors');
  return createGate({
    policy: { current: () => parsed.value, sha256: () => yaml },
    groups: {
      isIn: async () => Promise.resolve(false),
      idsOf: async (patterns) =>
        Promise.resolve({
          ids: new Set(patterns.flatMap((one) => (one.kind === 'user' ? [one.id] : []))),
          unread: null,
        }),
    },
    people: { find: async (userId) => Promise.resolve(member(userId)) },
    describePlace: async () => Promise.resolve(null),
    budget: {
      ceilings: async () => Promise.resolve({ at: new Date(0), ceilings: [] }),
    },
  });
}

/** Whether a rule for such places applies, if it refuses, and if it allows. */
async function applies(placeKind: PlaceKind | null, word: string) {
  const asked = { ...requestRow({ state: 'accepted' }), placeKind };
  const rules = (then: string): string => `rules: [{ name: there, channels: [${word}], then: ${then} }`;
  const refused = await gateUnder(`${rules('refuse')}]`).judge(asked);
  const allowed = await gateUnder(`${rules('allow')}, { name: elsewhere, then: refuse }]`).judge(asked);
  return { refusing: refused.kind === 'refused', allowing: allowed.kind === 'allowed' };
}

describe("a rule for a kind of place, if only Slack's word for the place is known", () => {
  const yes = { refusing: true, allowing: true };
  const no = { refusing: false, allowing: false };
  const unknown = { refusing: true, allowing: false };

  test.each<[PlaceKind | null, Record<string, object>]>([
    ['public', { public: yes, private: no, direct: no, shared: unknown }],
    ['private', { public: no, private: yes, direct: no, shared: unknown }],
    ['direct', { public: no, private: no, direct: yes, shared: no }],
    [null, { public: unknown, private: unknown, direct: unknown, shared: unknown }],
  ])('applies to the kind that is known, and opens nothing otherwise: %s', async (kind, expected) => {
    const found: Record<string, object> = {};
    for (const word of ['public', 'private', 'direct', 'shared']) found[word] = await applies(kind, word);
    expect(found).toEqual(expected);
  });
});

const FILE = { id: 'F1', name: 'log.txt', mimetype: 'text/plain', size: 1, url: null };
const MESSAGE = { ts: '1.0', threadTs: null, userId: 'U2', appName: null, text: 'see this', files: [FILE] };
const CONTEXT = { choice: 'message', channelId: 'C1', channelName: 'general', picked: MESSAGE } as const;
const MATERIAL = { quoted: null, files: [], leftOut: [] };
describe('an approval that was given', () => {
  const CHANGED = 'request-changed';
  const ana = { kind: 'matched', devinUserId: 'user-ana', name: 'Ana', how: 'email' } as const;
  const ben = { userId: 'U2', name: 'Ben' };
  const cid = { userId: 'U3', name: 'Cid' };
  const draft = { values: { prompt: 'fix it' }, sources: {} };
  const asked = requestRow({ state: 'ready', identity: { ...ana, checkedAtMs: 0 }, draft });

  type Now = { changes?: object; approvals?: (given: Approval) => Approval[] };

  const ASKS = 'rules: [{ name: a look, then: approve, approvers: [U2] }]';

  /** What the gate says now to what Ben approved, and what changed. */
  async function judged({ changes = {}, approvals = (one) => [one] }: Now) {
    const before = await gateUnder(ASKS).judge(asked);
    if (before.kind !== 'approval') throw new Error('no approval was asked for');
    const { fingerprint, policy: sha256 } = before;
    const end = { kind: 'approved', by: ben, reason: null, atMs: 0 } as const;
    const about = { rule: 'a look', say: null, need: 1, people: [ben], policy: sha256 };
    const given: Approval = { ...about, fingerprint, yes: [ben], end };
    const approved = { approvals: approvals(given), approved: ['a look'] };
    const verdict = await gateUnder(ASKS).judge({ ...asked, ...approved, ...changes });
    return verdict.kind === 'changed' ? verdict.end : verdict.kind;
  }

  test.each<[what: string, approvals: (given: Approval) => Approval[], kind: string]>([
    ['counts', (one) => [one], 'allowed'],
    [
      'counts beside a later one for another rule',
      (one) => [one, { ...one, rule: 'b', yes: [cid] }],
      'allowed',
    ],
    ['counts if it was given again since', (one) => [{ ...one, yes: [cid] }, one], 'allowed'],
    ['counts only once it is complete', (one) => [{ ...one, end: null }], 'approval'],
    [
      'ends if one of those who gave it no longer may',
      (one) => [{ ...one, yes: [ben, cid] }],
      'approvers-changed',
    ],
  ])('%s', async (_what, approvals, kind) => {
    expect(await judged({ approvals })).toBe(kind);
  });

  test.each<[what: string, changes: Partial<SessionRequest>, kind: string]>([
    ["counts for nobody's own request", { userId: 'U2' }, 'approvers-changed'],
    ['counts whenever it was looked up who asks', { identity: { ...ana, checkedAtMs: 1 } }, 'allowed'],
    ['is for whom it runs as', { identity: { ...ana, devinUserId: 'user-eve', checkedAtMs: 0 } }, CHANGED],
    ['is for the task', { draft: { values: { prompt: 'drop it' }, sources: {} } }, CHANGED],
    ['is for the message it is about', { context: CONTEXT }, CHANGED],
    ['is for its files', { slackFileIds: ['F1'] }, CHANGED],
    ['is for what is quoted', { material: { ...MATERIAL, files: [FILE] } }, CHANGED],
    ['is for the names of its secrets', { secretNames: ['TOKEN'] }, CHANGED],
  ])('%s', async (_what, changes, kind) => {
    expect(await judged({ changes })).toBe(kind);
  });
});

describe('a rule about attachments', () => {
  const gate = gateUnder('rules: [{ name: no files, when: { attachments: true }, then: refuse }]');

  test.each<[what: string, changes: Partial<SessionRequest>, kind: string]>([
    ['nothing', {}, 'allowed'],
    [
      'an address',
      { draft: { values: { attachment_urls: ['https://a.example/b'] }, sources: {} } },
      'refused',
    ],
    ['a file of the message', { context: CONTEXT }, 'refused'],
    ['no file of it', { context: { ...CONTEXT, without: { messages: [], files: ['F1'] } } }, 'allowed'],
    ['a file of the form', { slackFileIds: ['F1'] }, 'refused'],
    [
      'a file that is at Devin already',
      { uploads: { urls: ['https://a.example/b'], leftOut: [] } },
      'refused',
    ],
    ['a file of the thread', { material: { ...MATERIAL, files: [FILE] } }, 'refused'],
  ])('counts what goes with the task: %s', async (_what, changes, kind) => {
    expect(await gate.judge(requestRow({ draft: { values: {}, sources: {} }, ...changes }))).toMatchObject({
      kind,
    });
  });
});
