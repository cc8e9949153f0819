import { z } from 'zod';
import { isSessionRef } from './intent.ts';
import { repository } from './repository.ts';

/**
 * The field table: one row per thing a person can set on a session. Flags, help, modal inputs, validation, what is
 * sent to Devin and the README's option table all come from it. Keys are the wire names of Devin's
 * `SessionCreateRequest`.
 *
 * A reader switches over `input.kind`, never over a key. Labels and hints are in the text catalog, by key.
 */

/** How a value is written (flag) and entered (modal). */
export type FieldInput =
  /** One value. `lookup` names the list that can suggest values. */
  | { kind: 'text'; multiline: boolean; maxLength: number; lookup?: Lookup }
  /** One of a closed set. */
  | { kind: 'choice'; options: readonly string[] }
  /**
   * Several values. `none`: an empty list ("none at all") differs from leaving it out. `max`: how many Devin accepts,
   * without the one that the app adds.
   */
  | { kind: 'list'; none: boolean; lookup?: Lookup; max?: number }
  /** A whole number that a person can enter. */
  | { kind: 'number'; min: number; max: number }
  /** On or off; its flag alone sets the opposite of `initially`. */
  | { kind: 'switch'; initially: boolean }
  /** KEY=VALUE lines; never has a flag, never leaves the process unencrypted. */
  | { kind: 'secrets' }
  /** A JSON object. */
  | { kind: 'json' };

/** Devin's lists that a value can be picked from. */
export type Lookup = 'repositories' | 'playbooks' | 'knowledge' | 'secrets';

/** Groups that a person adds to the form, in the order of its menu. */
export const OPTION_GROUPS = ['about', 'guidance', 'access', 'files', 'result', 'machine'] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** `main` is in the form at once. */
export type FieldGroup = 'main' | OptionGroup;

type FieldRow = {
  flag: `--${string}` | null;
  input: FieldInput;
  group: FieldGroup;
  /** People's own words: removed with the text of old requests. Other values stay: they say what was asked for. */
  isText: boolean;
  /** What the session is asked to do: the only field that must be filled in. */
  isTask?: boolean;
  /** It says something about one session, so it is no default. */
  isOwn?: boolean;
};

const rows = z.registry<FieldRow>();

/** Devin's agent modes that can be sent; answers can have others. */
export const DEVIN_MODES = ['normal', 'fast', 'lite', 'ultra', 'fusion'] as const;

/** As in the policy file. */
export const MOST_CAP = 1_000_000;
const MAX_TAGS = 50;
/** The start of the app's own tag, by which a request finds its session. */
const OWN_TAG = /^slack-/i;
/** Devin has no limit for these; a Slack input does. */
const MAX_TEXT = 3000;

const word = z.string().trim().min(1).max(MAX_TEXT);

const webAddress = z.url({ protocol: /^https?$/ }).max(2083);

const sessionSecret = z.object({
  key: z.string().min(1).max(256),
  value: z.string().max(65_536),
  sensitive: z.boolean(),
});

const shape = {
  prompt: z
    .string()
    .trim()
    .min(1)
    .register(rows, {
      flag: null,
      input: { kind: 'text', multiline: true, maxLength: 3000 },
      group: 'main',
      isText: true,
      isTask: true,
    }),
  repos: z.array(repository).register(rows, {
    flag: '--repo',
    input: { kind: 'list', none: false, lookup: 'repositories' },
    group: 'main',
    isText: false,
  }),
  devin_mode: z.enum(DEVIN_MODES).register(rows, {
    flag: '--mode',
    input: { kind: 'choice', options: DEVIN_MODES },
    group: 'main',
    isText: false,
  }),
  max_acu_limit: z
    .int()
    .min(1)
    .register(rows, {
      flag: '--acu',
      input: { kind: 'number', min: 1, max: MOST_CAP },
      group: 'main',
      isText: false,
    }),
  title: word.clone().register(rows, {
    flag: '--title',
    input: { kind: 'text', multiline: false, maxLength: MAX_TEXT },
    group: 'about',
    isText: true,
    isOwn: true,
  }),
  playbook_id: word.clone().register(rows, {
    flag: '--playbook',
    input: { kind: 'text', multiline: false, maxLength: MAX_TEXT, lookup: 'playbooks' },
    group: 'guidance',
    isText: false,
  }),
  tags: z
    .array(word)
    .max(MAX_TAGS)
    .register(rows, {
      flag: '--tag',
      input: { kind: 'list', none: false, max: MAX_TAGS - 1 },
      group: 'about',
      isText: false,
    }),
  child_playbook_id: word.clone().register(rows, {
    flag: '--child-playbook',
    input: { kind: 'text', multiline: false, maxLength: MAX_TEXT, lookup: 'playbooks' },
    group: 'guidance',
    isText: false,
  }),
  knowledge_ids: z.array(word).register(rows, {
    flag: '--knowledge',
    input: { kind: 'list', none: true, lookup: 'knowledge' },
    group: 'guidance',
    isText: false,
  }),
  secret_ids: z.array(word).register(rows, {
    flag: '--secret',
    input: { kind: 'list', none: true, lookup: 'secrets' },
    group: 'access',
    isText: false,
  }),
  session_secrets: z
    .array(sessionSecret)
    .register(rows, { flag: null, input: { kind: 'secrets' }, group: 'access', isText: true }),
  session_links: z
    .array(z.string().trim().min(1).max(2083).refine(isSessionRef))
    .register(rows, { flag: '--link', input: { kind: 'list', none: false }, group: 'files', isText: false }),
  attachment_urls: z
    .array(webAddress)
    .register(rows, { flag: '--attach', input: { kind: 'list', none: false }, group: 'files', isText: true }),
  /** The form and its file input check it as a JSON Schema. */
  structured_output_schema: z.record(z.string(), z.unknown()).register(rows, {
    flag: null,
    input: { kind: 'json' },
    group: 'result',
    isText: true,
  }),
  structured_output_required: z.boolean().register(rows, {
    flag: '--schema-optional',
    input: { kind: 'switch', initially: true },
    group: 'result',
    isText: false,
  }),
  platform: word.clone().register(rows, {
    flag: '--platform',
    input: { kind: 'text', multiline: false, maxLength: MAX_TEXT },
    group: 'machine',
    isText: false,
  }),
  resumable: z.boolean().register(rows, {
    flag: '--no-resume',
    input: { kind: 'switch', initially: true },
    group: 'machine',
    isText: false,
  }),
  bypass_approval: z.boolean().register(rows, {
    flag: '--bypass-approval',
    input: { kind: 'switch', initially: false },
    group: 'machine',
    isText: false,
  }),
};

const complete = z.object(shape);

/** What a person set so far, in wire names. What is left out is the organization's default. */
export const sessionDraftSchema = complete.partial();
export type SessionDraft = z.infer<typeof sessionDraftSchema>;

/** A draft as stored: session secrets are sealed and kept apart. */
export const storedDraftSchema = sessionDraftSchema.omit({ session_secrets: true });
export type StoredDraft = z.infer<typeof storedDraftSchema>;

export type SessionSecret = z.infer<typeof sessionSecret>;
export type FieldKey = keyof SessionDraft;
/** Something for each of some fields, such as a draft's values. */
export type FieldValues = Readonly<Partial<Record<FieldKey, unknown>>>;

/** What a person can enter, if that is less than what can be stored. */
const entries: Partial<Record<string, z.ZodType>> = {
  max_acu_limit: z.int().min(1).max(MOST_CAP),
  tags: z.array(word.refine((tag) => !OWN_TAG.test(tag))).max(MAX_TAGS),
  // KEY=VALUE is a secret itself: it would be shown as an id.
  secret_ids: z.array(word.refine((typed) => !typed.includes('='))),
};

/** `schema`: what a person can enter. */
export type Field = FieldRow & { key: FieldKey; schema: z.ZodType; isTask: boolean; isOwn: boolean };

export function fieldOf(key: FieldKey): Field {
  const schema = shape[key];
  const row = rows.get(schema);
  if (row === undefined) throw new Error(`The field ${key} has no row in the field table.`);
  return { isTask: false, isOwn: false, ...row, key, schema: entries[key] ?? schema };
}

/** The rows, in the order people see them. */
export const fields: readonly Field[] = complete.keyof().options.map(fieldOf);

export const fieldKeySchema = z.enum(fields.map(({ key }) => key));
