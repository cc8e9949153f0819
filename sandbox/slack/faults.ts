import type { ServerResponse } from 'node:http';
import { createFaults, statusOf, type Fault } from '../faults.ts';
import { sendJson } from '../loopback.ts';

/** What goes wrong with the next calls of one method. */
export type MethodFault = Fault & {
  error?: string;
  /** Meets only calls with these arguments, such as `{ user_id }`; in a shared world, others call, too. */
  args?: Record<string, unknown>;
};

export type Faults = ReturnType<typeof createMethodFaults>;

export function createMethodFaults() {
  const faults = createFaults<string, MethodFault>();
  return {
    ...faults,
    take: (method: string, args: Record<string, unknown> = {}): MethodFault | null =>
      faults.take(({ match, fault }) => match === method && isMet(fault, args)),
  };
}

function isMet({ args: wanted = {} }: MethodFault, args: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([name, value]) => args[name] === value);
}

/** Answers as a failing Slack does. */
export function breakDown(response: ServerResponse, fault: MethodFault): void {
  if (fault.hang === true) return;
  const status = statusOf(fault);
  if (status === 429) {
    const headers = { 'retry-after': String(fault.retryAfter ?? 1) };
    sendJson(response, { ok: false, error: 'ratelimited' }, { status, headers });
  } else if (status !== null) {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Slack is down</html>');
  } else if (fault.error === undefined) {
    response.socket?.destroy();
  } else {
    sendJson(response, { ok: false, error: fault.error });
  }
}

/** What `calls` say about it. */
export function faultName(fault: MethodFault): string {
  if (fault.hang === true) return 'hung';
  const status = statusOf(fault);
  if (status === 429) return 'ratelimited';
  return fault.error ?? (status === null ? 'connection cut' : `http ${status}`);
}
