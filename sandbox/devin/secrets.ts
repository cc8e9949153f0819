import { z } from 'zod';

const MASK = '[secret]';

const withSecrets = z.looseObject({ session_secrets: z.unknown() });
const secretList = z.array(z.looseObject({ value: z.unknown() }));

/** A body as it may be printed: the values of `session_secrets` are gone, whatever shape they came in. */
export function maskSecrets(body: unknown): unknown {
  const parsed = withSecrets.safeParse(body);
  if (!parsed.success || parsed.data.session_secrets == null) return body;
  const list = secretList.safeParse(parsed.data.session_secrets);
  return {
    ...parsed.data,
    session_secrets: list.success ? list.data.map((secret) => ({ ...secret, value: MASK })) : MASK,
  };
}

export function withoutSecretValues<T extends { value: string }>(secrets: T[]): T[] {
  return secrets.map((secret) => ({ ...secret, value: MASK }));
}
