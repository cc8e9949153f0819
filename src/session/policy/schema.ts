import { z } from 'zod';
import { DEVIN_MODES, MOST_CAP, type StoredDraft } from '../fields.ts';
import { LISTEN, MENTIONS, STEER } from '../preferences.ts';
import { whenSchema } from './conditions.ts';
import { CEILINGS } from './limits.ts';
import { duration, MAX_ENTRIES, member, pattern, person, place, type PolicyFault } from './patterns.ts';

const MAX_NAME = 100;
const MAX_SENTENCE = 1000;
/** Each is sent with every prompt. */
const MAX_INSTRUCTIONS = 8000;
export const DEFAULT_EXPIRY_MS = 24 * 3_600_000;

const acus = z.int().min(1).max(MOST_CAP);
const count = z.int().min(0).max(1_000_000);
const listOf = <T extends z.ZodType>(entry: T) => z.array(entry).min(1).max(MAX_ENTRIES);
const instructions = z.string().trim().min(1).max(MAX_INSTRUCTIONS);
/** Devin needs to find it: no pattern. */
const repository = pattern.regex(/^[\w.-]+(?:\/[\w.-]+)+$/, { error: 'repository' satisfies PolicyFault });

const limitsSchema = z.strictObject({
  acu_per_session: acus.optional(),
  acu_per_person_per_day: acus.optional(),
  acu_per_channel_per_day: acus.optional(),
  acu_per_month: acus.optional(),
  /** 0: there is no limit. */
  open_sessions_per_person: count.optional(),
  starts_per_person_per_hour: count.optional(),
  over: z.enum(['refuse', 'approve']).default('refuse'),
});

const ruleSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(MAX_NAME)
      .regex(/^[^\n\r]*$/)
      // Decisions and approvals name a limit like this.
      .regex(/^(?!limits\.)/i, { error: 'limit-name' satisfies PolicyFault }),
    people: listOf(person).optional(),
    channels: listOf(place).optional(),
    when: whenSchema.prefault({}),
    then: z.enum(['allow', 'refuse', 'approve']),
    say: z.string().trim().min(1).max(MAX_SENTENCE).optional(),
    /** What approvals need: without a meaning for the other verdicts. */
    approvers: listOf(member).optional(),
    need: z.int().min(1).max(20).default(1),
    expires: duration.default(DEFAULT_EXPIRY_MS),
  })
  .transform(({ then: verdict, ...rest }) => ({ ...rest, verdict }));

/** `modes`: all that may be asked for; the first one is meant if none of them was. */
const placeValues = z
  .strictObject({
    modes: listOf(z.enum(DEVIN_MODES)).optional(),
    acu: acus.optional(),
    repos: listOf(repository).optional(),
    tags: listOf(pattern).optional(),
  })
  .transform(({ modes = [], acu, repos, tags }) => {
    const values: StoredDraft = { repos, devin_mode: modes[0], max_acu_limit: acu, tags };
    return { modes, values };
  });

const channelSchema = z.strictObject({
  match: listOf(place),
  set: placeValues.prefault({}),
  defaults: placeValues.prefault({}),
  instructions: instructions.optional(),
  mentions: z.enum(MENTIONS).optional(),
  listen: z.enum(LISTEN).optional(),
  steer: z.enum(STEER).optional(),
});

/** The policy file, with its own names. What is left out asks for nothing. */
export const policySchema = z
  .strictObject({
    version: z.literal(1).optional(),
    owners: listOf(member).default([]),
    instructions: instructions.optional(),
    limits: limitsSchema.prefault({}),
    rules: z.array(ruleSchema).max(MAX_ENTRIES).default([]),
    channels: z.array(channelSchema).max(MAX_ENTRIES).default([]),
  })
  .superRefine((policy, context) => {
    for (const { path, message } of jointFaults(policy))
      context.addIssue({ code: 'custom', path: [...path], message });
  });

export type Policy = z.output<typeof policySchema>;
export type PolicyRule = Policy['rules'][number];
export type PolicyChannel = Policy['channels'][number];

function* jointFaults({ owners, limits, rules }: Policy): Generator<{
  path: readonly (string | number)[];
  message: PolicyFault;
}> {
  const names = rules.map(({ name }) => name);
  for (const [at, { name, verdict, approvers = owners }] of rules.entries()) {
    // A refusal names its rule: two of one name could not be told apart.
    if (names.indexOf(name) < at) yield { path: ['rules', at, 'name'], message: 'twice' };
    if (verdict === 'approve' && approvers.length === 0)
      yield { path: ['rules', at, 'then'], message: 'no-approvers' };
  }
  if (limits.over === 'approve' && owners.length === 0)
    yield { path: ['limits', 'over'], message: 'no-approvers' };
  // A session without a cap could use a whole budget.
  const budget = CEILINGS.find((key) => limits[key] !== undefined);
  if (budget !== undefined && limits.acu_per_session === undefined)
    yield { path: ['limits', budget], message: 'budget-without-cap' };
}
