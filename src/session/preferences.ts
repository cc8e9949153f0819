import { z } from 'zod';

/** Where a person is told what is worth telling: in the thread, by direct message, or on the card alone. */
export const NOTIFY = ['thread', 'dm', 'card'] as const;
/** Who may answer, stop and archive: only whoever asked for the session, or every member of the organisation. */
export const STEER = ['requester', 'members'] as const;

export const preferencesSchema = z.object({
  notify: z.enum(NOTIFY).optional(),
  steer: z.enum(STEER).optional(),
  /** Whether what people write in Devin's web app appears in the thread. */
  webMessages: z.boolean().optional(),
});
export type Preferences = z.infer<typeof preferencesSchema>;

export const DEFAULT_PREFERENCES = {
  notify: 'thread',
  steer: 'members',
  webMessages: true,
} as const satisfies Required<Preferences>;
