import type { SessionSecret } from '../../../session/fields.ts';

const MAX_KEY_LENGTH = 256;

/** What is wrong, by line alone: what is on it may be a secret. Lines count from 1. */
type SecretFault = { kind: 'no-equals' | 'bad-key' | 'repeated'; line: number };

export type SecretLines = { secrets: SessionSecret[]; fault: SecretFault | null };

/** KEY=VALUE lines up to the first wrong one. Blanks around key and value are cut, quotes stay. */
export function readSecretLines(text: string, sensitive: boolean): SecretLines {
  const secrets: SessionSecret[] = [];
  const keys = new Set<string>();
  for (const [i, raw] of text.split('\n').entries()) {
    const entry = raw.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const line = i + 1;
    const equals = entry.indexOf('=');
    if (equals === -1) return { secrets, fault: { kind: 'no-equals', line } };
    const key = entry.slice(0, equals).trim();
    if (key === '' || key.length > MAX_KEY_LENGTH || /\s/.test(key)) {
      return { secrets, fault: { kind: 'bad-key', line } };
    }
    if (keys.has(key)) return { secrets, fault: { kind: 'repeated', line } };
    keys.add(key);
    secrets.push({ key, value: entry.slice(equals + 1).trim(), sensitive });
  }
  return { secrets, fault: null };
}
