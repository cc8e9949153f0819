import { z } from 'zod';
import type { EffectiveDraft } from '../defaults.ts';
import { DEVIN_MODES, type FieldKey, type StoredDraft } from '../fields.ts';
import { withoutHost } from '../repository.ts';
import { matchesGlob, MAX_ENTRIES, pattern, type PolicyFault } from './patterns.ts';

/** null: not known. What is not known counts for a rule that refuses, and not for one that allows. */
export type Ternary = boolean | null;

export type PolicyRequest = {
  draft: EffectiveDraft;
  hasSessionSecrets: boolean;
  hasAttachments: boolean;
};

type Test = {
  /** What it asks for, as people read it. */
  wanted:
    | { kind: 'names'; names: readonly string[] }
    | { kind: 'over'; acu: number }
    | { kind: 'switch'; on: boolean };
  /** `combine`: whether the values that a request names match, given whether each does. */
  matches: (request: PolicyRequest, combine: (found: readonly Ternary[]) => Ternary) => Ternary;
};

/** What a rule's `when` can have: everything that reads the file, decides, announces or documents follows from the row. */
export const CONDITIONS = [
  {
    key: 'repos',
    field: 'repos',
    schema: names(({ repos }) => repos, { isOne: isRepository }),
    doc: 'patterns for the repositories chosen with `--repo`, in the form or by defaults',
  },
  {
    key: 'modes',
    field: 'devin_mode',
    schema: names(({ devin_mode: mode }) => mode, {
      entry: pattern.refine(isMode, { error: 'mode' satisfies PolicyFault }),
    }),
    doc: 'modes, or patterns for them',
  },
  {
    key: 'acu_over',
    field: 'max_acu_limit',
    // A session without a cap may use any number.
    schema: z
      .int()
      .min(0)
      .transform((acu): Test => ({
        wanted: { kind: 'over', acu },
        matches: ({ draft: { values } }) => (values.max_acu_limit ?? Infinity) > acu,
      })),
    doc: 'a number: a higher cap, and no cap',
  },
  {
    key: 'platforms',
    field: 'platform',
    schema: names(({ platform }) => platform),
    doc: 'patterns for the platform',
  },
  {
    key: 'playbooks',
    field: 'playbook_id',
    schema: names(({ playbook_id: own, child_playbook_id: child }) => [own, child]),
    doc: 'patterns for the ids of the playbook and of the playbook of child sessions',
  },
  {
    key: 'secrets',
    field: 'secret_ids',
    schema: names(({ secret_ids: ids }) => ids),
    doc: 'patterns for the ids of stored secrets that a task names',
  },
  {
    key: 'session_secrets',
    field: 'session_secrets',
    schema: is(({ hasSessionSecrets }) => hasSessionSecrets),
    doc: '`true` or `false`: secrets for this session only',
  },
  {
    key: 'attachments',
    field: 'attachment_urls',
    schema: is(({ hasAttachments }) => hasAttachments),
    doc: '`true` or `false`: files and links',
  },
  {
    key: 'bypass_approval',
    field: 'bypass_approval',
    schema: is(({ draft }) => draft.values.bypass_approval ?? false),
    doc: '`true` or `false`: `--bypass-approval`',
  },
] as const satisfies readonly { key: string; field: FieldKey; schema: z.ZodType<Test>; doc: string }[];

/** A condition of a rule. */
export type Condition = Test & { key: (typeof CONDITIONS)[number]['key']; field: FieldKey };

/** Those that a rule has. An empty list asks for nothing. */
export const whenSchema = z
  .strictObject(Object.fromEntries(CONDITIONS.map(({ key, schema }) => [key, schema.optional()])))
  .transform((given): Condition[] =>
    CONDITIONS.flatMap(({ key, field }) => {
      const { [key]: test } = given;
      const isEmpty = test?.wanted.kind === 'names' && test.wanted.names.length === 0;
      return test === undefined || isEmpty ? [] : [{ key, field, ...test }];
    }),
  );

/** A list of patterns for values that a request names. */
function names(
  valuesOf: (draft: StoredDraft) => string | undefined | readonly (string | undefined)[],
  {
    entry = pattern,
    isOne = matchesGlob,
  }: { entry?: z.ZodType<string>; isOne?: (glob: string, value: string) => Ternary } = {},
) {
  return z
    .array(entry)
    .max(MAX_ENTRIES)
    .transform((globs): Test => ({
      wanted: { kind: 'names', names: globs },
      matches: ({ draft }, combine) => {
        const given = [valuesOf(draft.values)].flat().filter((value) => value !== undefined);
        return combine(given.map((value) => anyOf(globs.map((glob) => isOne(glob, value)))));
      },
    }));
}

function is(found: (request: PolicyRequest) => boolean) {
  return z.boolean().transform((on): Test => ({
    wanted: { kind: 'switch', on },
    matches: (request) => found(request) === on,
  }));
}

/** With a host in front of one of them, they may be the same. */
function isRepository(glob: string, name: string): Ternary {
  if (matchesGlob(glob, name)) return true;
  return matchesGlob(withoutHost(glob), withoutHost(name)) ? null : false;
}

/** Patterns are taken as they are; a word must be one that Devin knows. */
function isMode(typed: string): boolean {
  return typed.includes('*') || DEVIN_MODES.some((mode) => mode === typed);
}

export function anyOf(found: readonly Ternary[]): Ternary {
  if (found.includes(true)) return true;
  return found.includes(null) ? null : false;
}

/** A request that names nothing doesn't match. */
export function eachOf(found: readonly Ternary[]): Ternary {
  if (found.length === 0 || found.includes(false)) return false;
  return found.includes(null) ? null : true;
}
