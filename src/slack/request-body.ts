import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';

/** Slack's largest payloads are much smaller: https://docs.slack.dev/surfaces/modals allows views of 250 kB. */
const MAX_BODY_BYTES = 1024 * 1024;
/** For all bodies that are being read. Anyone can start one and stall. */
const MAX_READING_BYTES = 16 * MAX_BODY_BYTES;
/** What a chunk costs besides its bytes: a body can come in chunks of one byte. */
const PIECE_BYTES = 100;
/** A slash command has about 15 fields, everything else one. */
const MAX_FIELDS = 100;

type BodyRead = { kind: 'read'; body: Buffer } | { kind: 'too-large' } | { kind: 'stalled' };
type BodyReader = (request: IncomingMessage) => Promise<BodyRead>;

type Reading = { cost: number; giveWay: () => void };

/**
 * Reads whole bodies, within bounds. Slack sends a body at once, so under pressure the oldest unfinished one is
 * dropped.
 */
export function createBodyReader(): BodyReader {
  const readings = new Set<Reading>();
  let total = 0;

  function forget(reading: Reading): void {
    if (readings.delete(reading)) total -= reading.cost;
  }

  function count(reading: Reading, cost: number): void {
    if (!readings.has(reading)) return;
    reading.cost += cost;
    total += cost;
    for (const oldest of readings) {
      if (total <= MAX_READING_BYTES) return;
      oldest.giveWay();
    }
  }

  async function collect(request: IncomingMessage, reading: Reading): Promise<BodyRead> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    for await (const piece of incoming) {
      count(reading, piece.length + PIECE_BYTES);
      bytes += piece.length;
      if (bytes > MAX_BODY_BYTES) return { kind: 'too-large' };
      if (!readings.has(reading)) return { kind: 'stalled' };
      pieces.push(piece);
    }
    return { kind: 'read', body: Buffer.concat(pieces) };
  }

  return async (request) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return { kind: 'too-large' };
    return new Promise((resolve) => {
      const reading: Reading = {
        cost: 0,
        giveWay: () => {
          forget(reading);
          resolve({ kind: 'stalled' });
        },
      };
      readings.add(reading);
      collect(request, reading)
        .catch((): BodyRead => ({ kind: 'stalled' }))
        .finally(() => forget(reading))
        .then(resolve, () => undefined);
    });
  };
}

/** Commands are forms, interactions are forms with JSON, events are JSON. null: none of these. */
export function parseBody(body: string, contentType: string): Record<string, unknown> | null {
  const [mediaType = ''] = contentType.split(';', 1);
  if (mediaType.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return parseObject(body);
  const fields = parseForm(body);
  if (fields === null || !('payload' in fields)) return fields;
  return typeof fields['payload'] === 'string' ? parseObject(fields['payload']) : null;
}

function parseForm(body: string): Record<string, unknown> | null {
  const fields = parse(body, '&', '=', { maxKeys: MAX_FIELDS + 1 });
  const values = Object.values(fields);
  return values.length > MAX_FIELDS || values.some(Array.isArray) ? null : fields;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const MAX_SKEW_S = 300;

/** What a request claims; nothing is verified before `isSignedBy`. */
type Signature = { timestamp: string; digest: Buffer };

/** null: a header isn't in Slack's format, or the time is more than five minutes off. */
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
