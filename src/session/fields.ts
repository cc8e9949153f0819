import { z } from 'zod';
import { isSessionRef } from './intent.ts';
import { repository } from './repository.ts';

/**
 * The field table: a schema and a row for each thing a person can set on a session. Flags, help, modal inputs, validation, what is
 * sent to Devin and the README's option table all come from it. Keys are the wire names of Devin's
 * `SessionCreateRequest`.
 *
 * A reader switches over `input.kind`, never over a key. Labels and hints are in the text catalog, by key.
 */

/** How a value is written (flag) and entered (modal). */
export type FieldInput =
  | { kind: 'text' }
  /** One of a closed set. */
  | { kind: 'choice'; options: readonly string[] }
  /** `none`: an empty list differs from no list. `max`: how many Devin accepts, without the app's own. */
  | { kind: 'list'; none: boolean; max?: number }
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
  /** Suggests values. */
  lookup?: Lookup;
  /** People's own words: removed with the text of old requests. Other values stay: they say what was asked for. */
  isText?: boolean;
  /** What the session is asked to do: the only field that must be filled in. */
  isTask?: boolean;
  /** It says something about one session, so it is no default. */
  isOwn?: boolean;
  /** What a person can enter, if that is less than what can be stored. */
  entered?: z.ZodType;
};

/** Devin's agent modes that can be sent; answers can have others. */
export const DEVIN_MODES = ['normal', 'fast', 'lite', 'ultra', 'fusion'] as const;

/** As in the policy file. */
export const MOST_CAP = 1_000_000;
const MAX_TAGS = 50;
/** The start of the app's own tag, by which a request finds its session. */
const OWN_TAG = /^slack-/i;

/** Devin has no limit for these; a Slack input does. */
const word = z.string().trim().min(1).max(3000);

const webAddress = z.url({ protocol: /^https?$/ }).max(2083);

const sessionSecret = z.object({
  key: z.string().min(1).max(256),
  value: z.string().max(65_536),
  sensitive: z.boolean(),
});

const shape = {
  prompt: z.string().trim().min(1),
  repos: z.array(repository),
  devin_mode: z.enum(DEVIN_MODES),
  max_acu_limit: z.int().min(1),
  title: word,
  playbook_id: word,
  tags: z.array(word).max(MAX_TAGS),
  child_playbook_id: word,
  knowledge_ids: z.array(word),
  secret_ids: z.array(word),
  session_secrets: z.array(sessionSecret),
  session_links: z.array(z.string().trim().min(1).max(2083).refine(isSessionRef)),
  attachment_urls: z.array(webAddress),
  /** The form and its file input check it as a JSON Schema. */
  structured_output_schema: z.record(z.string(), z.unknown()),
  structured_output_required: z.boolean(),
  platform: word,
  resumable: z.boolean(),
  bypass_approval: z.boolean(),
};

const text = { kind: 'text' } as const;
const list = { kind: 'list', none: false } as const;
const listOrNone = { kind: 'list', none: true } as const;

const rows: Record<keyof typeof shape, FieldRow> = {
  prompt: { flag: null, input: text, group: 'main', isText: true, isTask: true },
  repos: { flag: '--repo', input: list, lookup: 'repositories', group: 'main' },
  devin_mode: { flag: '--mode', input: { kind: 'choice', options: DEVIN_MODES }, group: 'main' },
  max_acu_limit: {
    flag: '--acu',
    input: { kind: 'number', min: 1, max: MOST_CAP },
    group: 'main',
    entered: z.int().min(1).max(MOST_CAP),
  },
  title: { flag: '--title', input: text, group: 'about', isText: true, isOwn: true },
  playbook_id: { flag: '--playbook', input: text, lookup: 'playbooks', group: 'guidance' },
  tags: {
    flag: '--tag',
    input: { ...list, max: MAX_TAGS - 1 },
    group: 'about',
    entered: z.array(word.refine((tag) => !OWN_TAG.test(tag))).max(MAX_TAGS),
  },
  child_playbook_id: { flag: '--child-playbook', input: text, lookup: 'playbooks', group: 'guidance' },
  knowledge_ids: { flag: '--knowledge', input: listOrNone, lookup: 'knowledge', group: 'guidance' },
  secret_ids: {
    flag: '--secret',
    input: listOrNone,
    lookup: 'secrets',
    group: 'access',
    // KEY=VALUE is a secret itself: it would be shown as an id.
    entered: z.array(word.refine((typed) => !typed.includes('='))),
  },
  session_secrets: {
    flag: null,
    input: { kind: 'secrets' },
    group: 'access',
    isText: true,
    // Each key once: nobody could tell which value Devin takes.
    entered: z
      .array(sessionSecret)
      .refine((secrets) => new Set(secrets.map(({ key }) => key)).size === secrets.length),
  },
  session_links: { flag: '--link', input: list, group: 'files' },
  attachment_urls: { flag: '--attach', input: list, group: 'files', isText: true },
  structured_output_schema: { flag: null, input: { kind: 'json' }, group: 'result', isText: true },
  structured_output_required: {
    flag: '--schema-optional',
    input: { kind: 'switch', initially: true },
    group: 'result',
  },
  platform: { flag: '--platform', input: text, group: 'machine' },
  resumable: { flag: '--no-resume', input: { kind: 'switch', initially: true }, group: 'machine' },
  bypass_approval: {
    flag: '--bypass-approval',
    input: { kind: 'switch', initially: false },
    group: 'machine',
  },
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

/** `schema`: what a person can enter. */
export type Field = FieldRow & { key: FieldKey; schema: z.ZodType };

export function fieldOf(key: FieldKey): Field {
  const row = rows[key];
  return { ...row, key, schema: row.entered ?? shape[key] };
}

export const fieldKeySchema = complete.keyof();

/** The rows, in the order people see them. */
export const fields: readonly Field[] = fieldKeySchema.options.map(fieldOf);
