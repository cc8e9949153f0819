import type { EffectiveDraft } from '../session/defaults.ts';
import { PERIOD_OF } from '../session/policy/index.ts';
import type { CeilingKey } from '../session/policy/index.ts';

/** A cap that nobody set: what was left of a ceiling. Its source says so. */

const SOURCE_OF = { day: 'left-today', month: 'left-this-month' } as const;

function isLeft({ sources: { max_acu_limit: source } }: EffectiveDraft): boolean {
  return source === SOURCE_OF.day || source === SOURCE_OF.month;
}

/** null: its cap is not what was left. */
export function leftAsCapOf(draft: EffectiveDraft): number | null {
  return isLeft(draft) ? (draft.values.max_acu_limit ?? null) : null;
}

/** Without it, since it is worked out anew each time. */
export function withoutLeft(draft: EffectiveDraft): EffectiveDraft {
  if (!isLeft(draft)) return draft;
  const { max_acu_limit: _cap, ...values } = draft.values;
  const { max_acu_limit: _source, ...sources } = draft.sources;
  return { values, sources };
}

/** `capOf`: the ceiling of which `cap` is what is left; undefined: none. `most`: null: no matter how much that is. */
type Cap = { capOf: CeilingKey | undefined; cap: number | undefined; most: number | null };

export function withCapOf(draft: EffectiveDraft, { capOf, cap, most }: Cap): EffectiveDraft {
  if (capOf === undefined || cap === undefined) return draft;
  return {
    values: { ...draft.values, max_acu_limit: Math.min(cap, most ?? cap) },
    sources: { ...draft.sources, max_acu_limit: SOURCE_OF[PERIOD_OF[capOf]] },
  };
}
