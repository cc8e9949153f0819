import type { LocalDevin } from '../devin/index.ts';
import type { Fault, FaultHandle } from '../faults.ts';
import type { LocalSlack } from '../slack/index.ts';
import type { DevinPlace, FaultKind, PlannedFault, SlackPlace } from './client/panel-wire.ts';

const RETRY_AFTER_SECONDS = 5;

const DEVIN_REQUESTS = {
  create: { method: 'POST', path: /\/sessions$/ },
  list: { method: 'GET', path: /\/sessions$/ },
  'read-messages': { method: 'GET', path: /\/messages$/ },
  'send-message': { method: 'POST', path: /\/messages$/ },
  members: { method: 'GET', path: /\/members\// },
  upload: { method: 'POST', path: /\/attachments$/ },
} as const satisfies Record<DevinPlace, unknown>;

const FAULTS = {
  busy: { retryAfter: RETRY_AFTER_SECONDS },
  broken: { status: 500 },
  lost: { afterEffect: true },
  silent: { hang: true },
} as const satisfies Record<FaultKind, Fault>;

export type FaultPlan = ReturnType<typeof createFaultPlan>;

/** What will go wrong next on either side, and how often. */
export function createFaultPlan({ slack, devin }: { slack: LocalSlack; devin: LocalDevin }) {
  const plans: { fault: Omit<PlannedFault, 'id' | 'left'>; handle: FaultHandle }[] = [];
  return {
    failDevin(place: DevinPlace, what: FaultKind, times: number): void {
      const handle = devin.fail(DEVIN_REQUESTS[place], { ...FAULTS[what], times });
      plans.push({ fault: { side: 'devin', place, what }, handle });
    },
    failSlack(place: SlackPlace, what: FaultKind, times: number): void {
      const handle = slack.fail(place, { ...FAULTS[what], times });
      plans.push({ fault: { side: 'slack', place, what }, handle });
    },
    clear(): void {
      slack.clearFaults();
      devin.clearFaults();
      plans.length = 0;
    },
    /** Also those that have happened, until all are cleared. */
    planned: (): PlannedFault[] =>
      plans.map(({ fault, handle }, id) => ({ ...fault, id, left: handle.remaining() })),
  };
}
