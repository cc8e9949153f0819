const MASK = '[secret]';

/** What lets one act in another person's name. */
const TOKENS = new Set(['token', 'response_url', 'response_urls', 'upload_url']);

/** Inputs of the form that hold secrets. */
const SECRET_FIELD = /session_secrets/;

/** A payload as it may be shown: without tokens, and without the values of secrets that a person has typed. */
export function maskPayload(node: unknown, key = ''): unknown {
  if (TOKENS.has(key)) return MASK;
  if (SECRET_FIELD.test(key)) return blankOut(node);
  if (Array.isArray(node)) return node.map((one) => maskPayload(one));
  if (typeof node !== 'object' || node === null) return node;
  const isSecretBlock = 'block_id' in node && SECRET_FIELD.test(String(node.block_id));
  const entries = Object.entries(node).map(([name, value]) => [
    name,
    isSecretBlock && name === 'element' ? blankOut(value) : maskPayload(value, name),
  ]);
  return Object.fromEntries(entries);
}

const KEPT = new Set(['type', 'action_id', 'key']);

/** Every text but the names by which one sees what it is. */
function blankOut(node: unknown, key = ''): unknown {
  if (typeof node === 'string') return KEPT.has(key) ? node : MASK;
  if (Array.isArray(node)) return node.map((one) => blankOut(one));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, blankOut(value, name)]));
}
