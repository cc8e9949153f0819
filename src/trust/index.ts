import type { Kysely } from 'kysely';
import type { Identity } from '../session/identity.ts';
import { maySteer, ownershipOf } from '../session/preferences.ts';
import type { SteeringCheck } from '../slack/authority.ts';
import type { Person } from '../store/identities.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Settings } from '../store/settings.ts';
import type { Tables } from '../store/store.ts';
import { createMayEnd } from './approvers.ts';
import { createBudget } from './budget.ts';
import { createGate, type GateContext } from './gate.ts';

export { approversOf } from './approvers.ts';
export { AUDIT, exportLines, USAGE, verifyChain } from './export.ts';
export { createSpending, type Budget, type Reservation, type Spending } from './budget.ts';
export { createQuickGate, withPolicy, type ApprovalNeeded, type Gate } from './gate.ts';
export { explain } from './explain.ts';
export {
  IDENTITY_FILE,
  openFile,
  POLICY_FILE,
  readYamlFile,
  type FileSource,
  type Format,
} from './file-source.ts';

/** What the policy allows, who decides about what it doesn't, and what is left of its budgets. */
export function createTrust(c: {
  policy: GateContext['policy'];
  ledger: Ledger;
  db: Kysely<Tables>;
  slack: Omit<GateContext, 'policy' | 'budget'>;
}) {
  const { current } = c.policy;
  const budget = createBudget(current, c.ledger, c.db);
  const gate = createGate({ ...c.slack, policy: c.policy, budget });
  return { gate, budget, mayEnd: createMayEnd(c.slack, current) };
}

/** Throws if Slack or Devin can't be asked who the person is. */
export function createSteeringCheck(c: {
  resolve: (person: Person) => Promise<Identity>;
  settings: Pick<Settings, 'preferencesFor'>;
}): SteeringCheck {
  return async (request, userId, resolved) => {
    const { teamId, channelId } = request;
    const [identity, { steer: policy }] = await Promise.all([
      resolved ?? c.resolve({ teamId, userId }),
      c.settings.preferencesFor({ teamId, channelId, userId }),
    ]);
    return maySteer(policy, ownershipOf(request), { userId, identity });
  };
}
