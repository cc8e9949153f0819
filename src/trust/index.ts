export type { Budget, Fit } from './budget.ts';
export type { Gate, Verdict } from './gate.ts';
export { createQuickGate, withPolicy } from './in-place.ts';
export type { QuickGate } from './in-place.ts';
export { createTrust } from './trust.ts';
export { explain } from './explain.ts';
export { parsePolicy, readPolicyFile } from './policy-file/read.ts';
export { openPolicy, POLICY_EVERY_MS } from './policy-source.ts';
export type { PolicySource } from './policy-source.ts';
