import { describe, expect, test } from 'vitest';
import type { EffectiveDraft } from '../../src/session/defaults.ts';
import { verdictOf, withoutLeft } from '../../src/trust/verdict.ts';

const SHOWN: EffectiveDraft = {
  values: { prompt: 'x', max_acu_limit: 7 },
  sources: { prompt: 'request', max_acu_limit: 'left-today' },
};

/** A session that is capped at what is left, decided again after 7 ACU were left and shown. */
function decidedAgain(left: number, approved: readonly string[]) {
  const verdict = verdictOf(
    { kind: 'allowed', rule: null, changes: { max_acu_limit: left }, capOf: 'acu_per_person_per_day' },
    { asked: SHOWN, draft: withoutLeft(SHOWN), approved, fingerprint: 'f', at: new Date(0) },
  );
  return verdict.kind === 'allowed' ? verdict.draft : null;
}

describe('a session that is capped at what is left of a budget', () => {
  test.each([
    ['more', 9, 7],
    ['less', 5, 5],
  ])('gets no more than its approvers were shown if %s is left by now', (_what, left, cap) => {
    expect(decidedAgain(left, ['a rule'])?.values).toEqual({ prompt: 'x', max_acu_limit: cap });
  });

  test('gets all that is left by now if nobody had to approve it', () => {
    expect(decidedAgain(9, [])).toEqual({
      values: { prompt: 'x', max_acu_limit: 9 },
      sources: { prompt: 'request', max_acu_limit: 'left-today' },
    });
  });
});
