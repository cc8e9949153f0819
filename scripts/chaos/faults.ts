import type { LocalDevin } from '../../sandbox/devin/index.ts';
import type { Fault } from '../../sandbox/faults.ts';
import type { LocalSlack } from '../../sandbox/slack/index.ts';
import type { Random } from './random.ts';

type SlackFault = { side: 'slack'; method: string; fault: Fault };
type DevinFault = { side: 'devin'; match: DevinMatch; fault: Fault };
type DevinMatch = Parameters<LocalDevin['fail']>[0];

/** Applies to the next call of its kind after this moment. */
export type PlannedFault = { atMs: number } & (SlackFault | DevinFault);

/** The most important ones are listed more than once. */
const SLACK_METHODS = [
  'chat.postMessage',
  'chat.postMessage',
  'chat.postMessage',
  'chat.update',
  'chat.update',
  'chat.postEphemeral',
  'conversations.history',
  'conversations.replies',
  'conversations.info',
  'reactions.add',
  'users.info',
  'views.open',
] as const;

const DEVIN_CALLS: readonly DevinMatch[] = [
  { method: 'POST', path: '/sessions' },
  { method: 'POST', path: '/sessions' },
  { method: 'POST', path: '/sessions' },
  { method: 'GET', path: '/sessions' },
  { method: 'POST', path: /\/messages$/ },
  { method: 'POST', path: /\/messages$/ },
  { method: 'GET', path: /\/messages$/ },
  { method: 'GET', path: /\/members\// },
];

const SLOW_MS = 4000;

export function planFault(random: Random): SlackFault | DevinFault {
  if (random.chance(0.5)) {
    const method = random.pick(SLACK_METHODS);
    return { side: 'slack', method, fault: fault(random) };
  }
  return { side: 'devin', match: random.pick(DEVIN_CALLS), fault: fault(random) };
}

function fault(random: Random): Fault {
  const afterEffect = random.chance(0.5);
  return random.pick<Fault>([
    { retryAfter: 1 + random.below(3) },
    { status: 500, afterEffect },
    { hang: true, afterEffect },
    { afterEffect },
    { delayMs: random.below(SLOW_MS) },
  ]);
}

export type Faults = { plant: (planned: PlannedFault) => void; clear: () => void };

export function createFaults({ slack, devin }: { slack: LocalSlack; devin: LocalDevin }): Faults {
  return {
    plant(planned) {
      if (planned.side === 'slack') slack.fail(planned.method, planned.fault);
      else devin.fail(planned.match, planned.fault);
    },
    /** Faults that no call has met yet are dropped. */
    clear() {
      slack.clearFaults();
      devin.clearFaults();
    },
  };
}
