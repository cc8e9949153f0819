import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areBlocksTooLong, checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { renderApproval, type ApprovalView } from '../../../src/slack/views/approval.ts';
import { en } from '../../../src/text/en.ts';
import { approvalOf } from './places.ts';

const asked = { ...approvalOf('x'), channelId: 'C1', untilMs: 1_777_627_900_000 };
const withValues = (values: (typeof asked)['asked']['values']) => ({
  ...asked,
  asked: { ...asked.asked, values },
});
const shown = (message: ApprovalView) => JSON.stringify(renderApproval(message, en).blocks);

describe('a message that asks for an approval', () => {
  test('is valid in Slack, whatever was asked for', () => {
    const long = fc.constantFrom('`'.repeat(9000), 'a "quoted" <word>\n'.repeat(600), 'word '.repeat(2000));
    const words = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 9000 }), long);
    fc.assert(
      fc.property(words, (one) => {
        const made = renderApproval(approvalOf(one), en);
        expect(checkMessage(made)).toEqual([]);
        expect(areBlocksTooLong(made.blocks)).toBe(false);
      }),
    );
  });

  test('shows every repository, not only the first few', () => {
    const repos = Array.from({ length: 40 }, (_none, at) => `acme/infra-${at}`);
    const words = shown(withValues({ repos }));
    for (const repo of repos) expect(words).toContain(repo);
  });

  test('shows a long task in parts, and says if it is even longer', () => {
    const task = 'a'.repeat(6000) + 'THE END';
    expect(shown({ ...asked, task })).toContain('THE END');
    expect(shown({ ...asked, task })).not.toContain(en.approval.message.cut);
    expect(shown({ ...asked, task: 'a'.repeat(9000) })).toContain(en.approval.message.cut);
  });

  test('shows what joins letters and emoji as it is', () => {
    const plain = '👩‍💻 ❤️‍🔥 1️⃣ ☺︎ می‌خواهم क्‍ष ರ‍್';
    expect(shown({ ...asked, task: plain })).toContain(plain);
  });

  test('shows of a credential only how it starts', () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const words = shown({ ...withValues({ title: `push with ${token}` }), task: `use ${token}` });
    expect(words).toContain('use ghp_…');
    expect(words).toContain('push with ghp_…');
    expect(words).not.toContain(token);
  });

  test('names a rule of the policy, and a limit only in words', () => {
    const under = (about: object) => shown({ ...asked, approval: { ...asked.approval, ...about } });
    expect(under({ rule: 'infra', say: 'Ask.' })).toMatch(/Rule: infra.*Ask\./);
    expect(under({ rule: 'limits.acu_per_session', most: 5 })).not.toContain('limits.');
  });

  test('says that a session without a cap has no limit', () => {
    expect(shown(withValues({}))).toContain('*ACU cap*: None');
    expect(shown(withValues({ max_acu_limit: 7 }))).toContain('*ACU cap*: 7');
  });
});
