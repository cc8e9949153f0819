import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const MAX_SKEW_S = 300;

/** What a request claims; none of it is known to be true before `isSignedBy`. */
export type Signature = { timestamp: string; digest: Buffer };

/** Both headers in the form that Slack sends them, and the time within five minutes of ours; else null. */
export function readSignature(headers: IncomingHttpHeaders, nowMs: number): Signature | null {
  const timestamp = headers['x-slack-request-timestamp'];
  const signature = headers['x-slack-signature'];
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return null;
  if (typeof signature !== 'string' || !/^v0=[\da-f]{64}$/.test(signature)) return null;
  if (Math.abs(Number(timestamp) - Math.floor(nowMs / 1000)) > MAX_SKEW_S) return null;
  return { timestamp, digest: Buffer.from(signature.slice('v0='.length), 'hex') };
}

export function isSignedBy(secret: string, { timestamp, digest }: Signature, body: Buffer): boolean {
  const ours = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(ours, digest);
}
