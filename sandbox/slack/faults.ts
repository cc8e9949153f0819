import type { ServerResponse } from 'node:http';
import { createFaults, type Timing } from '../faults.ts';
import { sendJson } from '../loopback.ts';

/**
 * What goes wrong with the next calls of one method. With only a delay, the call then succeeds; with nothing, the
 * connection is cut.
 */
export type Fault = Timing & {
  status?: number;
  error?: string;
  /** Seconds in Retry-After; makes it a 429. */
  retryAfter?: number;
  hang?: boolean;
  /** The call takes effect before it fails: the app never learns that it did. */
  afterEffect?: boolean;
  /** Meets only calls with these arguments, such as `{ user_id }`; in a shared world, others call, too. */
  args?: Record<string, unknown>;
};

export type Faults = ReturnType<typeof createMethodFaults>;

export function createMethodFaults() {
  const faults = createFaults<string, Fault>();
  return {
    ...faults,
    take: (method: string, args: Record<string, unknown> = {}): Fault | null =>
      faults.take(({ match, fault }) => match === method && isMet(fault, args)),
  };
}

function isMet({ args: wanted = {} }: Fault, args: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([name, value]) => args[name] === value);
}

/** A fault that only delays lets the call succeed. */
export function isOnlyDelay(fault: Fault): boolean {
  const { status, error, retryAfter, hang, afterEffect } = fault;
  const isDelay = fault.delayMs !== undefined || fault.until !== undefined;
  return isDelay && [status, error, retryAfter, hang, afterEffect].every((one) => one === undefined);
}

/** Answers as a failing Slack does. */
export function breakDown(response: ServerResponse, fault: Fault): void {
  if (fault.hang === true) return;
  if (fault.retryAfter !== undefined || fault.status === 429) {
    const headers = { 'retry-after': String(fault.retryAfter ?? 1) };
    sendJson(response, { ok: false, error: 'ratelimited' }, { status: 429, headers });
  } else if (fault.status !== undefined) {
    response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html>Slack is down</html>');
  } else if (fault.error === undefined) {
    response.socket?.destroy();
  } else {
    sendJson(response, { ok: false, error: fault.error });
  }
}

/** What `calls` say about it. */
export function faultName({ status, error, retryAfter, hang }: Fault): string {
  if (hang === true) return 'hung';
  if (retryAfter !== undefined || status === 429) return 'ratelimited';
  return error ?? (status === undefined ? 'connection cut' : `http ${status}`);
}
