import { describe, expect, test } from 'vitest';
import type { EffectiveDraft } from '../../src/session/defaults.ts';
import { verdictOf, withoutLeft } from '../../src/trust/verdict.ts';

const SHOWN: EffectiveDraft = {
  values: { prompt: 'x', max_acu_limit: 7 },
  sources: { prompt: 'request', max_acu_limit: 'left-today' },
};

const NINE_LEFT = { changes: { max_acu_limit: 9 }, capOf: 'acu_per_person_per_day' } as const;
const FIVE_LEFT = { ...NINE_LEFT, changes: { max_acu_limit: 5 } };
/** No ceiling is in force, or it may be exceeded. */
const NO_CAP = { changes: {} };

/** A session that is capped at what is left, decided again after 7 ACU were left and shown. */
function decidedAgain(
  left: typeof NINE_LEFT | typeof FIVE_LEFT | typeof NO_CAP,
  approved: readonly string[],
) {
  const verdict = verdictOf(
    { kind: 'allowed', rule: null, ...left },
    { asked: SHOWN, draft: withoutLeft(SHOWN), approved, fingerprint: 'f', at: new Date(0), sha256: null },
  );
  return verdict.kind === 'allowed' ? verdict.draft : null;
}

describe('a session that is capped at what is left of a budget', () => {
  test.each([
    ['more is left', NINE_LEFT, 7],
    ['less is left', FIVE_LEFT, 5],
    ['no budget limits it', NO_CAP, 7],
  ])('gets no more than its approvers were shown if %s by now', (_what, left, cap) => {
    expect(decidedAgain(left, ['a rule'])).toEqual({
      values: { prompt: 'x', max_acu_limit: cap },
      sources: SHOWN.sources,
    });
  });

  test('gets no cap if nobody had to approve it, and no budget limits it by now', () => {
    expect(decidedAgain(NO_CAP, [])?.values).toEqual({ prompt: 'x' });
  });

  test('gets all that is left by now if nobody had to approve it', () => {
    expect(decidedAgain(NINE_LEFT, [])).toEqual({
      values: { prompt: 'x', max_acu_limit: 9 },
      sources: { prompt: 'request', max_acu_limit: 'left-today' },
    });
  });
});
