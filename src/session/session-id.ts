const DASHED_UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A session's id as it is stored, from how a person writes it: `devin-…` as the API has it, bare as an address has
 * it, or with the dashes of a UUID.
 */
export function bareSessionId(typed: string): string {
  const bare = typed.trim().replace(/^devin-/i, '');
  return DASHED_UUID.test(bare) ? bare.replaceAll('-', '').toLowerCase() : bare;
}
