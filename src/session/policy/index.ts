export {
  alertName,
  alertsOf,
  budgetAlertSchema,
  capThatFits,
  CEILINGS,
  ceilingsOf,
  highestMarks,
  limitReached,
  limitsOf,
  overCeiling,
  PERIOD_OF,
  renewsAt,
  type BudgetAlert,
  type CeilingKey,
  type CeilingLeft,
  type LimitReached,
  type Limits,
  type Over,
  type Spend,
  type Usage,
} from './limits.ts';
export {
  choicesOf,
  choicesSchema,
  isOffered,
  refusalsOf,
  type AsksApproval,
  type Choices,
} from './choices.ts';
export {
  decide,
  passedOver,
  placeDefaults,
  placeSet,
  policyChanges,
  preferencesIn,
  SESSION_LIMIT,
  standingInstructions,
  termsOf,
  type Approvers,
  type Explained,
  type Mentions,
  type PolicyDecision,
  type Terms,
} from './decide.ts';
export { everyGroupIn, groupsIn, needsOf, type PolicyFacts, type PolicyPlace } from './match.ts';
export { patternWords, PLACE_WORDS, type PersonPattern, type PlaceWord } from './patterns.ts';
export { POLICY_KEYS, policySchema, type Policy } from './schema.ts';
