import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sendJson } from './http.ts';

/** What goes wrong with the next calls of one method. Without status, error or hang the connection is cut. */
export type Fault = {
  /** How many calls; 1 by default. */
  times?: number;
  status?: number;
  error?: string;
  /** Seconds in Retry-After; makes it a 429. */
  retryAfter?: number;
  hang?: boolean;
  /** Waits this long, or for this, before anything else; with nothing else set, the call then succeeds. */
  delayMs?: number;
  until?: Promise<void>;
  /** The call takes effect before it fails: the app never learns that it did. */
  afterEffect?: boolean;
  /** Meets only calls with these arguments, such as `{ user_id }`; in a shared world, others call, too. */
  args?: Record<string, unknown>;
};

export type Faults = ReturnType<typeof createFaults>;

export function createFaults() {
  const planned: { method: string; fault: Fault; left: number }[] = [];
  return {
    add(method: string, fault: Fault): void {
      planned.push({ method, fault, left: fault.times ?? 1 });
    },
    /** The fault that meets this call, used up by it. */
    take(method: string, args: Record<string, unknown> = {}): Fault | null {
      const next = planned.find((plan) => plan.method === method && plan.left > 0 && isMet(plan.fault, args));
      if (next === undefined) return null;
      next.left -= 1;
      return next.fault;
    },
    clear(): void {
      planned.length = 0;
    },
  };
}

function isMet({ args: wanted = {} }: Fault, args: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([name, value]) => args[name] === value);
}

/** Before the call is looked at. */
export async function waitFirst({ delayMs, until }: Fault): Promise<void> {
  if (delayMs !== undefined) await delay(delayMs);
  await until;
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
    sendJson(response, { status: 429, headers, body: { ok: false, error: 'ratelimited' } });
  } else if (fault.status !== undefined) {
    response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html>Slack is down</html>');
  } else if (fault.error === undefined) {
    response.socket?.destroy();
  } else {
    sendJson(response, { body: { ok: false, error: fault.error } });
  }
}

/** What `calls` say about it. */
export function faultName({ status, error, retryAfter, hang }: Fault): string {
  if (hang === true) return 'hung';
  if (retryAfter !== undefined || status === 429) return 'ratelimited';
  return error ?? (status === undefined ? 'connection cut' : `http ${status}`);
}
