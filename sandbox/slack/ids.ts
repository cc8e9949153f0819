import { randomBytes } from 'node:crypto';

/** Random, as Slack's are: a database that outlives this server never meets an id twice. */
export function randomId(prefix: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return prefix + Array.from(randomBytes(10), (byte) => letters[byte % letters.length]).join('');
}

export const randomToken = (bytes = 16): string => randomBytes(bytes).toString('hex');

/** Message timestamps: seconds and a six-digit sequence, unique and rising within the workspace. */
export function createTimestamps(now: () => number): () => string {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Math.floor(now() * 1000));
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
  };
}
