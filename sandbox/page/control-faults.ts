import type { LocalDevin } from '../devin/index.ts';
import { faultName } from '../slack/faults.ts';
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

const DEVIN_FAULTS = {
  busy: { status: 429, retryAfter: RETRY_AFTER_SECONDS },
  broken: { status: 500 },
  lost: { mode: 'cut-after-effect' },
  silent: { mode: 'hang' },
} as const satisfies Record<FaultKind, unknown>;

const SLACK_FAULTS = {
  busy: { retryAfter: RETRY_AFTER_SECONDS },
  broken: { status: 500 },
  lost: { afterEffect: true },
  silent: { hang: true },
} as const satisfies Record<FaultKind, unknown>;

type Plan = { fault: Omit<PlannedFault, 'left'>; left: () => number };

export type FaultPlan = ReturnType<typeof createFaultPlan>;

/** What will go wrong next on either side, and how often. */
export function createFaultPlan({ slack, devin }: { slack: LocalSlack; devin: LocalDevin }) {
  const plans = new Set<Plan>();
  const clearDevin = new Set<() => void>();
  let lastId = 0;

  return {
    failDevin(place: DevinPlace, what: FaultKind, times: number): void {
      const handle = devin.fail(DEVIN_REQUESTS[place], { ...DEVIN_FAULTS[what], times });
      clearDevin.add(handle.clear);
      plans.add({ fault: { id: (lastId += 1), side: 'devin', place, what }, left: handle.remaining });
    },
    failSlack(place: SlackPlace, what: FaultKind, times: number): void {
      slack.fail(place, { ...SLACK_FAULTS[what], times });
      const left = countDown({ slack, place, error: faultName(SLACK_FAULTS[what]), times });
      plans.add({ fault: { id: (lastId += 1), side: 'slack', place, what }, left });
    },
    clear(): void {
      slack.clearFaults();
      for (const clear of clearDevin) clear();
      plans.clear();
    },
    pending: (): PlannedFault[] =>
      [...plans].flatMap(({ fault, left }) => (left() > 0 ? [{ ...fault, left: left() }] : [])),
  };
}

type Counted = { slack: LocalSlack; place: SlackPlace; error: string; times: number };

/** The local Slack does not say how often a fault has struck; its list of calls does. */
function countDown({ slack, place, error, times }: Counted): () => number {
  const from = slack.calls.length;
  return () => {
    const struck = slack.calls.slice(from).filter((call) => call.method === place && call.error === error);
    return Math.max(0, times - struck.length);
  };
}
