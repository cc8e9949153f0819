export {
  alertName,
  alertsOf,
  budgetAlertSchema,
  capThatFits,
  CEILINGS,
  ceilingsOf,
  highestMarks,
  overCeiling,
  PERIOD_OF,
  renewsAt,
} from './ceilings.ts';
export type { BudgetAlert, CeilingKey, CeilingLeft, Over, Spend } from './ceilings.ts';
export { choicesOf, choicesSchema, isOffered, refusalsOf } from './choices.ts';
export type { AsksApproval, Choices } from './choices.ts';
export {
  decide,
  limitsOf,
  placeDefaults,
  placeSet,
  policyChanges,
  preferencesIn,
  SESSION_LIMIT,
  standingInstructions,
} from './decide.ts';
export type { Approvers, Explained, Mentions, PolicyDecision } from './decide.ts';
export { groupsIn, needsOf } from './match.ts';
export type { PolicyFacts, PolicyPlace } from './match.ts';
export { patternWords, PLACE_WORDS } from './patterns.ts';
export type { PersonPattern, PlaceWord } from './patterns.ts';
export { POLICY_KEYS, policySchema } from './schema.ts';
export type { Policy } from './schema.ts';
