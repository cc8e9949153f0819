import { z } from 'zod';
import type { SessionSecret } from '../session/fields.ts';
import type { Seal } from './seal.ts';

const envelopeSchema = z.object({
  /** Where a private notice may be sent for half an hour; anyone who has it can post. */
  responseUrl: z.string().nullable(),
  /** Where the private notice that the form was opened from can be removed, for as long. */
  noticeUrl: z.string().optional(),
  /** What a person wrote with a decision. */
  reason: z.string().optional(),
  sessionSecrets: z.array(z.object({ key: z.string(), value: z.string(), sensitive: z.boolean() })),
});
/** What of a request must not be stored in the clear. */
export type Envelope = {
  responseUrl: string | null;
  noticeUrl?: string | undefined;
  reason?: string | undefined;
  sessionSecrets: SessionSecret[];
};

export type Envelopes = ReturnType<typeof createEnvelopes>;

export function createEnvelopes(seal: Seal) {
  const close = (id: string, content: Envelope): string | null =>
    isEmpty(content) ? null : seal.seal(JSON.stringify(content), id);

  /** null: it was tampered with, or the key has changed. */
  const open = (id: string, sealed: string | null): Envelope | null => {
    if (sealed === null) return { responseUrl: null, sessionSecrets: [] };
    const plain = seal.open(sealed, id);
    return plain === null ? null : envelopeSchema.parse(JSON.parse(plain));
  };

  return {
    close,
    open,
    /** What stays when a request has ended or has its session: no secrets, only the ways to tell the person. */
    withoutSecrets(id: string, sealed: string | null): string | null {
      return close(id, { responseUrl: null, ...open(id, sealed), sessionSecrets: [] });
    },
  };
}

function isEmpty({ responseUrl, noticeUrl, reason, sessionSecrets }: Envelope): boolean {
  return (
    responseUrl === null && noticeUrl === undefined && reason === undefined && sessionSecrets.length === 0
  );
}
