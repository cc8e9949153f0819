import { z } from 'zod';
import { DEVIN_MODES, MOST_CAP } from '../fields.ts';
import { LISTEN, MENTIONS, STEER } from '../preferences.ts';
import { CONDITIONS, whenSchema } from './conditions.ts';
import { CEILINGS } from './limits.ts';
import { duration, MAX_ENTRIES, member, pattern, person, place, type PolicyFault } from './patterns.ts';

const MAX_NAME = 100;
const MAX_SENTENCE = 1000;
/** Each is sent with every prompt. */
const MAX_INSTRUCTIONS = 8000;
const DEFAULT_EXPIRY_MS = 24 * 3_600_000;

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

const ruleShape = z.strictObject({
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
  approvers: listOf(member).optional(),
  need: z.int().min(1).max(20).optional(),
  expires: duration.optional(),
});

const ruleSchema = ruleShape
  .transform(({ then: verdict, ...rest }) => ({ ...rest, verdict }))
  .superRefine(({ verdict, approvers, need, expires }, context) => {
    if (verdict === 'approve') return;
    for (const [key, value] of Object.entries({ approvers, need, expires }))
      if (value !== undefined) context.addIssue({ code: 'custom', path: [key], message: 'approval-only' });
  });

const valuesSchema = z.strictObject({
  modes: listOf(z.enum(DEVIN_MODES)).optional(),
  acu: acus.optional(),
  repos: listOf(repository).optional(),
  tags: listOf(pattern).optional(),
});

const channelSchema = z.strictObject({
  match: listOf(place),
  set: valuesSchema.prefault({}),
  defaults: valuesSchema.prefault({}),
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
    const faults = [...repeatedNames(policy), ...withoutApprovers(policy), ...capFaults(policy)];
    for (const { path, message } of faults) context.addIssue({ code: 'custom', path: [...path], message });
  });

export type Policy = z.output<typeof policySchema>;
export type PolicyRule = Policy['rules'][number];
export type PolicyChannel = Policy['channels'][number];
export type PolicyValues = PolicyChannel['set'];

/** The keys that each part of the file may have, by its place; `*` means any entry of a list. */
export const POLICY_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': policySchema.keyof().options,
  limits: limitsSchema.keyof().options,
  'rules.*': ruleShape.keyof().options,
  'rules.*.when': CONDITIONS.map(({ key }) => key),
  'channels.*': channelSchema.keyof().options,
  'channels.*.set': valuesSchema.keyof().options,
  'channels.*.defaults': valuesSchema.keyof().options,
};

export const expiryOf = ({ expires }: Pick<PolicyRule, 'expires'>): number => expires ?? DEFAULT_EXPIRY_MS;

type JointFault = { path: readonly (string | number)[]; message: PolicyFault };

/** A refusal names its rule: two of one name could not be told apart. */
function repeatedNames({ rules }: Policy): JointFault[] {
  const seen = new Set<string>();
  return rules.flatMap(({ name }, at): JointFault[] => {
    const isKnown = seen.has(name);
    seen.add(name);
    return isKnown ? [{ path: ['rules', at, 'name'], message: 'twice' }] : [];
  });
}

function withoutApprovers({ owners, limits, rules }: Policy): JointFault[] {
  const ofLimits: JointFault[] =
    limits.over === 'approve' && owners.length === 0
      ? [{ path: ['limits', 'over'], message: 'no-approvers' }]
      : [];
  const ofRules = rules.flatMap(({ verdict, approvers = owners, need = 1 }, at): JointFault[] => {
    if (verdict !== 'approve') return [];
    if (approvers.length === 0) return [{ path: ['rules', at, 'then'], message: 'no-approvers' }];
    const isOpenEnded = approvers.some(({ kind }) => kind === 'group');
    if (isOpenEnded || approvers.length >= need) return [];
    return [{ path: ['rules', at, 'need'], message: 'too-few-approvers' }];
  });
  return [...ofLimits, ...ofRules];
}

/** A session without a cap could use a whole budget; with one above the limit, it could not start. */
function capFaults({ limits, channels }: Policy): JointFault[] {
  const { acu_per_session: most } = limits;
  if (most === undefined) {
    const budgets = CEILINGS.filter((key) => limits[key] !== undefined).slice(0, 1);
    return budgets.map((key): JointFault => ({ path: ['limits', key], message: 'budget-without-cap' }));
  }
  return channels.flatMap(({ set, defaults }, at) => {
    const parts = Object.entries({ set, defaults }).filter(([, { acu = 0 }]) => acu > most);
    return parts.map(([part]): JointFault => ({
      path: ['channels', at, part, 'acu'],
      message: 'above-limit',
    }));
  });
}
