const DASHED_UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A session's id as it is stored, from how a person writes it: `devin-…` as the API has it, bare as an address has
 * it, or with the dashes of a UUID.
 */
export function bareSessionId(typed: string): string {
  const bare = typed.trim().replace(/^devin-/i, '');
  return DASHED_UUID.test(bare) ? bare.replaceAll('-', '').toLowerCase() : bare;
}

const ID = /^(?:devin-[\w-]+|(?=[0-9a-f-]*\d)[0-9a-f][0-9a-f-]{7,40})$/i;

/** `devin-…`, or hex digits with dashes: 32 are a whole id, fewer are part of one. */
export function isSessionId(typed: string): boolean {
  return ID.test(typed);
}

/** The id, or the address of a session. */
export function isSessionRef(typed: string): boolean {
  return isSessionId(typed) || /^https?:\/\/\S+$/i.test(typed);
}
