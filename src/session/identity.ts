import { z } from 'zod';

/** How the member of the Devin organization was found; `session`: Devin names them as the session's owner. */
const MATCHED_HOW = ['mapping', 'administrator', 'email', 'session'] as const;

const NO_MATCH_REASONS = [
  'unknown',
  'ambiguous',
  'external',
  'guest',
  'bot',
  'deactivated',
  'no-email',
  'lookup-forbidden',
] as const;
export type NoMatchReason = (typeof NO_MATCH_REASONS)[number];

/** The identity file names an account that Devin doesn't have, or that belongs to another person. */
export const REFUSAL_REASONS = [...NO_MATCH_REASONS, 'mapping-unknown', 'mapping-conflict'] as const;

/** From the identity file: a Devin account, and who else in Slack uses it. */
export const mappedAboutSchema = z.object({ account: z.string(), other: z.string().nullable() });

/** The person's name in Slack: a card shows it without pinging them. */
const slackName = z.string().optional();

export const identitySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('matched'),
    devinUserId: z.string(),
    name: z.string(),
    slackName,
    how: z.enum(MATCHED_HOW),
    checkedAtMs: z.number(),
  }),
  /** Runs as the service user: because the setting says so, or because there was no match. */
  z.object({
    kind: z.literal('service-user'),
    because: z.enum([...NO_MATCH_REASONS, 'off']),
    slackName,
    checkedAtMs: z.number(),
  }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(REFUSAL_REASONS),
    /** The email address that was searched for, masked; null if there was none. */
    maskedEmail: z.string().nullable(),
    about: mappedAboutSchema.optional(),
    checkedAtMs: z.number(),
  }),
]);
export type Identity = z.infer<typeof identitySchema>;
/** `key-refused`: Devin doesn't accept the app's key; null: it could not be looked up. */
export type LookedUpIdentity = Identity | 'key-refused' | null;
export type RefusedIdentity = Extract<Identity, { kind: 'refused' }>;

const PERSON_KINDS = ['member', 'guest', 'external', 'bot', 'deactivated'] as const;

export const slackPersonSchema = z.object({
  userId: z.string(),
  name: z.string(),
  kind: z.enum(PERSON_KINDS),
  isAdmin: z.boolean(),
  /** null if the profile has none, it isn't confirmed, or the app can't read it. */
  email: z.string().nullable(),
  /** Their Slack's locale, such as ja-JP; null: unknown. */
  locale: z.string().nullable().default(null),
  /** All workspaces of a person in an Enterprise organization, and the organization; left out: they have one. */
  workspaces: z.array(z.string()).optional(),
});
export type SlackPerson = z.infer<typeof slackPersonSchema>;

/** Whether they administer the workspace; null: Slack doesn't say who they are. */
export function isAdministrator(person: SlackPerson | null): boolean {
  return person?.kind === 'member' && person.isAdmin;
}

/** A person's id in Slack, and not a name. */
export const PERSON_ID = /^[UW][A-Z0-9]+$/;

const MAX_PEOPLE = 5000;
const MAX_LENGTH = 320;

const slackPerson = z
  .string()
  .trim()
  .max(MAX_LENGTH)
  .refine((typed) => PERSON_ID.test(typed) || isEmail(typed), { error: 'slack-person' });

/** Devin's user ids are opaque (`user-…`, `email|…`), but never plain words. */
const devinMember = z
  .string()
  .trim()
  .max(MAX_LENGTH)
  .refine((typed) => /[-_|\d@]/.test(typed) && !/\s/.test(typed), { error: 'devin-member' });

const personSchema = z.strictObject({ slack: slackPerson, devin: devinMember });

/** The identity file, as written: which member of the Devin organization each person in Slack is. */
export const mappingSchema = z.strictObject({
  version: z.literal(1).optional(),
  people: z.array(personSchema).max(MAX_PEOPLE).superRefine(refuseConflicts).default([]),
});

export type Mapping = z.output<typeof mappingSchema>;
export type MappedPerson = z.output<typeof personSchema>;

/** `message`s are names of sentences in the catalog. */
function refuseConflicts(people: readonly MappedPerson[], context: z.RefinementCtx): void {
  const slack = new Set<string>();
  const devin = new Set<string>();
  for (const [at, one] of people.entries()) {
    const fail = (key: 'slack' | 'devin', message: string): void =>
      context.addIssue({ code: 'custom', path: [at, key], message });
    if (slack.has(folded(one.slack))) fail('slack', 'twice');
    else if (devin.has(folded(one.devin))) fail('devin', 'conflict');
    slack.add(folded(one.slack));
    devin.add(folded(one.devin));
  }
}

/** By id first: an address can pass to another person. */
export function mappedAs(
  { people }: Mapping,
  { userId, email }: Pick<SlackPerson, 'userId' | 'email'>,
): MappedPerson | null {
  const byEmail = ({ slack }: MappedPerson): boolean => email !== null && folded(slack) === folded(email);
  return people.find(({ slack }) => slack === userId) ?? people.find(byEmail) ?? null;
}

/** The people mapped to this member, whom the file can name by id or by address. */
export function mappedTo({ people }: Mapping, member: Pick<SlackPerson, 'userId' | 'email'>): MappedPerson[] {
  const names = new Set([folded(member.userId), ...(member.email === null ? [] : [folded(member.email)])]);
  return people.filter(({ devin }) => names.has(folded(devin)));
}

export function isEmail(typed: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(typed);
}

/** `j…@acme.com`: enough to recognize your own address, not enough to learn another's. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '…' : `${email.slice(0, 1)}…${email.slice(at)}`;
}

/** Only ASCII: other letters can look alike and still differ, such as the Kelvin sign and K. */
export function folded(value: string): string {
  return value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The member of the Devin organization; null: none, or not known yet. */
export function devinUserOf(identity: Identity | null | undefined): string | null {
  return identity?.kind === 'matched' ? identity.devinUserId : null;
}
