import { z } from 'zod';

/** What kind of account a person has in Slack. */
const PERSON_KINDS = ['member', 'guest', 'external', 'bot', 'deactivated'] as const;

/** A person as Slack describes them. */
export const slackPersonSchema = z.object({
  userId: z.string(),
  name: z.string(),
  kind: z.enum(PERSON_KINDS),
  isAdmin: z.boolean(),
  /** null if the profile has none, it isn't confirmed, or the app may not read it. */
  email: z.string().nullable(),
  /** Of their Slack, such as ja-JP; null: Slack did not say. */
  locale: z.string().nullable().default(null),
});
export type SlackPerson = z.infer<typeof slackPersonSchema>;
