import { z } from 'zod';
import type { SettingScope } from '../../session/defaults.ts';
import { editDistance } from '../../session/edit-distance.ts';
import { bareSessionId, type Intent, type Subcommand } from '../../session/intent.ts';
import { OWN_SETTINGS, preferencesSchema } from '../../session/preferences.ts';
import { USAGE_SCOPES } from '../../session/usage.ts';
import { COMMAND_NAMES } from '../../text/spoken.ts';
import { unescape, USER_ID } from '../views/text.ts';
import { bareWord, wordsOf, type Word } from './tokens.ts';
import { readUsage } from './values.ts';

type Definition<T extends z.ZodObject> = {
  /** In this order; optional ones can be left out. */
  takes: T;
  /** The last one takes the rest of the text, as it was typed. */
  rest?: keyof z.output<T> & string;
  /** null: incomplete. */
  intent: (taken: z.output<T>) => Intent | null;
};

type SubcommandRow = ReturnType<typeof row>;

const oneOf = <const T extends readonly string[]>(options: T) =>
  z.string().toLowerCase().pipe(z.enum(options));
const session = z.string().regex(/^[\w-]+$/);
const MENTION = new RegExp(`^<@(${USER_ID})(?:\\|[^<>]*)?>$`);
/** The id in a mention. */
const person = z.stringFormat('mention', MENTION).transform((mention) => mention.replace(MENTION, '$1'));

const SCOPES = { me: 'person', channel: 'channel', workspace: 'workspace' } as const satisfies Record<
  string,
  SettingScope
>;

const ROWS: Readonly<Record<Subcommand, SubcommandRow>> = {
  help: row({
    takes: z.object({ topic: oneOf(['options']).optional() }),
    intent: ({ topic = null }) => ({ kind: 'help', topic }),
  }),
  list: row({
    takes: z.object({
      whose: oneOf(['mine', 'all']).optional(),
      page: z
        .stringFormat('page', /^[1-9]\d{0,5}$/)
        .transform(Number)
        .optional(),
    }),
    intent: ({ whose = 'mine', page = 1 }) => ({ kind: 'list', whose, page }),
  }),
  status: row({
    takes: z.object({ session: session.optional() }),
    intent: ({ session: id }) =>
      id === undefined ? { kind: 'list', whose: 'mine', page: 1 } : { kind: 'status', session: id },
  }),
  why: row({
    takes: z.object({}),
    intent: () => ({ kind: 'why', draft: {}, problems: [] }),
  }),
  whoami: row({
    takes: z.object({ again: oneOf(['again']).optional() }),
    intent: ({ again }) => ({ kind: 'whoami', again: again !== undefined }),
  }),
  usage: row({
    takes: z.object({ whose: oneOf([...USAGE_SCOPES, 'all']).optional(), options: z.string().optional() }),
    rest: 'options',
    intent: ({ whose = 'me', options = '' }) => readUsage(whose === 'all' ? 'workspace' : whose, options),
  }),
  follow: row({
    takes: z.object({ session }),
    intent: ({ session: id }) => ({ kind: 'follow', session: id }),
  }),
  say: row({
    takes: z.object({ session, text: z.string() }),
    rest: 'text',
    intent: ({ session: id, text }) => ({ kind: 'say', session: id, text }),
  }),
  stop: row({
    takes: z.object({ session: session.optional() }),
    intent: ({ session: id }) => (id === undefined ? { kind: 'pick' } : { kind: 'stop', session: id }),
  }),
  archive: row({
    takes: z.object({ session }),
    intent: ({ session: id }) => ({ kind: 'archive', session: id }),
  }),
  defaults: row({
    takes: z.object({
      scope: oneOf(['me', 'channel', 'workspace']).optional(),
      clear: oneOf(['clear']).optional(),
    }),
    intent: ({ scope: whose, clear }) => {
      if (clear === undefined) return { kind: 'defaults' };
      return { kind: 'clear-defaults', scope: SCOPES[whose ?? 'me'] };
    },
  }),
  settings: row({
    takes: z.object({
      me: oneOf(['me']).optional(),
      setting: oneOf(OWN_SETTINGS).optional(),
      value: z.string().toLowerCase().optional(),
    }),
    intent: ({ me, setting, value }) => {
      if (me === undefined) return setting === undefined && value === undefined ? { kind: 'settings' } : null;
      if (setting === undefined) return value === undefined ? { kind: 'whoami', again: false } : null;
      const chosen = preferencesSchema.safeParse({ [setting]: value });
      return value === undefined || !chosen.success
        ? null
        : { kind: 'set-own', setting, chosen: chosen.data };
    },
  }),
  link: row({
    takes: z.object({
      person,
      /** Devin's user ids are opaque (`user-…`, `email|…`), but never plain words. Some people type an email address. */
      member: z.union([oneOf(['none']), z.string().regex(/[-_|\d@]/)]),
    }),
    intent: ({ person: slackUserId, member }) => {
      return { kind: 'link', slackUserId, devinUserId: member === 'none' ? null : unescape(member) };
    },
  }),
};

/** null: not a sub-command, or with words that it doesn't take. */
export function readSubcommand(typed: string): Intent | null {
  const words = wordsOf(typed);
  const [first, ...args] = words;
  const name = first === undefined ? undefined : COMMAND_NAMES.get(bareWord(first.raw));
  return name === undefined ? null : ROWS[name].read(args, typed);
}

/** Whose defaults the flags beside this text, in lower case, set; if it names nobody, the person's own. null: it is a task. */
export function defaultsSetBeside(task: string): SettingScope | null {
  const [first = '', whose = 'me', ...others] = task.split(/\s+/);
  if (first !== 'defaults' || others.length > 0) return null;
  return whose === 'me' || whose === 'channel' || whose === 'workspace' ? SCOPES[whose] : null;
}

/** The sub-command whose name, or another word for it, is the first word, perhaps with one slip; null: none. */
export function commandLike([first]: readonly Word[]): Subcommand | null {
  const word = first === undefined ? '' : bareWord(first.raw);
  if (word === '') return null;
  const near = [...COMMAND_NAMES].find(([known]) => editDistance(word, known) <= 1);
  return COMMAND_NAMES.get(word) ?? near?.[1] ?? null;
}

/** Whose settings or sessions: after a sub-command that takes it, nobody means a task. */
const OWN_WORDS = new Set(['me', 'mine', 'channel', 'workspace', 'clear']);

/** The sub-command that is followed by one of its own words, and by others that it doesn't take; null: none. */
export function misusedCommand(typed: string): Subcommand | null {
  const [first, second] = wordsOf(typed);
  const name = first === undefined ? undefined : COMMAND_NAMES.get(bareWord(first.raw));
  if (name === undefined || second === undefined || !OWN_WORDS.has(second.raw.toLowerCase())) return null;
  return readSubcommand(`${name} ${second.raw}`) === null ? null : name;
}

/** What was probably meant, as a command that can be run; null: something is missing. */
export function meantCommand(name: Subcommand, words: readonly Word[], typed: string): string | null {
  const session = words.find((word) => word.session !== null)?.session ?? null;
  const rest = typed.slice(words[0]?.end).trim();
  const candidates = [
    `${name} ${rest}`,
    ...(session === null ? [] : [`${name} devin-${bareSessionId(session)}`]),
    name,
  ];
  return candidates.find((one) => readSubcommand(one) !== null)?.trim() ?? null;
}

function row<T extends z.ZodObject>(definition: Definition<T>) {
  const { takes, rest, intent } = definition;

  /** null: these words are not what it takes. */
  function read(words: readonly Word[], text: string): Intent | null {
    const values: Record<string, unknown> = {};
    let left = words;
    for (const [name, slot] of Object.entries(takes.shape)) {
      const [next] = left;
      if (next === undefined) break;
      const value =
        name === rest ? unescape(text.slice(next.at)) : name === 'session' ? next.session : next.raw;
      if (!z.safeParse(slot, value).success) continue;
      values[name] = value;
      left = name === rest ? [] : left.slice(1);
    }
    const taken = left.length === 0 ? takes.safeParse(values) : null;
    return taken?.success === true ? intent(taken.data) : null;
  }

  return { read };
}
