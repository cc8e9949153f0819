import {
  bareSessionId,
  isSessionId,
  type Intent,
  type IntentOf,
  type Subcommand,
} from '../../session/intent.ts';
import { OWN_SETTINGS, preferencesSchema } from '../../session/preferences.ts';
import { isOneSlip } from '../../session/slip.ts';
import { DEFAULT_DAYS, MOST_DAYS, USAGE_BY, USAGE_SCOPES, type UsageScope } from '../../session/usage.ts';
import { COMMAND_NAMES } from '../../text/spoken.ts';
import { unescape, USER_ID } from '../views/text.ts';
import { DASHES } from './flags.ts';

/** What follows a sub-command's name. */
type Args = {
  /** With single spaces. */
  raw: string;
  /** The session that the first word names; null: none. */
  session: string | null;
  /** After the first word, as it was typed. */
  rest: string;
};

type ArgsReader = (args: Args) => Intent | null;

/** Everything after the name, in lower case, is what the pattern says. */
function matching(pattern: RegExp, intent: (...groups: (string | undefined)[]) => Intent | null): ArgsReader {
  return ({ raw }) => {
    const found = pattern.exec(raw.toLowerCase());
    return found && intent(...found.slice(1));
  };
}

/** `unnamed`: if no session is named; null: one must be. */
function onSession(intent: (session: string) => Intent, unnamed: Intent | null = null): ArgsReader {
  return ({ raw, session, rest }) => {
    if (raw === '') return unnamed;
    return session === null || rest !== '' ? null : intent(session);
  };
}

/** Devin's user ids are opaque (`user-…`, `email|…`), but never plain words. Some people type an email address. */
const LINK = new RegExp(`^<@(${USER_ID})(?:\\|[^<>]*)?> (?:none|(\\S*[-_|\\d@]\\S*))$`, 'i');

const ROWS: Readonly<Record<Subcommand, ArgsReader>> = {
  help: matching(/^(options)?$/, (options) => ({ kind: 'help', withOptions: options !== undefined })),
  list: matching(/^(?:(mine|all)\b ?)?([1-9]\d{0,5})?$/, (whose, page = '1') => {
    return { kind: 'list', whose: whose === 'all' ? whose : 'mine', page: Number(page) };
  }),
  status: onSession((session) => ({ kind: 'status', session }), { kind: 'list', whose: 'mine', page: 1 }),
  why: matching(/^$/, () => ({ kind: 'why', draft: {} })),
  whoami: matching(/^(again)?$/, (again) => ({ kind: 'whoami', again: again !== undefined })),
  usage: matching(/^(?:(me|channel|workspace)\b ?)?(.*)$/, (whose, options = '') =>
    readUsage(USAGE_SCOPES.find((scope) => scope === whose) ?? 'me', options),
  ),
  follow: onSession((session) => ({ kind: 'follow', session })),
  say: ({ session, rest }) =>
    session === null || rest === '' ? null : { kind: 'say', session, text: unescape(rest) },
  stop: onSession((session) => ({ kind: 'stop', session }), { kind: 'pick' }),
  archive: onSession((session) => ({ kind: 'archive', session })),
  defaults: matching(/^(?:(me|channel|workspace)\b ?)?(clear)?$/, (whose = 'me', clear) => {
    const scope = whose === 'channel' || whose === 'workspace' ? whose : 'person';
    return clear === undefined ? { kind: 'defaults', scope, draft: {} } : { kind: 'clear-defaults', scope };
  }),
  settings: matching(/^(?:me (\w+) (\w+))?$/, (setting, value) =>
    setting === undefined ? { kind: 'settings' } : readOwn(setting, value),
  ),
  link: ({ raw }) => {
    const [, slackUserId, member] = LINK.exec(raw) ?? [];
    if (slackUserId === undefined) return null;
    return { kind: 'link', slackUserId, devinUserId: member === undefined ? null : unescape(member) };
  },
};

/** `me notify dm`; null: no such setting. */
function readOwn(named: string, value: string | undefined): Intent | null {
  const setting = OWN_SETTINGS.find((own) => own === named);
  if (setting === undefined) return null;
  const chosen = preferencesSchema.safeParse({ [setting]: value });
  return chosen.success ? { kind: 'set-own', setting, chosen: chosen.data } : null;
}

const USUALLY_BY = { me: 'repo', channel: 'month', workspace: 'month' } as const;
/** Slack's apps turn two hyphens into a dash. */
const BY = new RegExp(`${DASHES}by[=\\s]+(\\S+)`, 'iu');
const SINCE = new RegExp(`${DASHES}since[=\\s]+(\\d{1,3})d?(?!\\S)`, 'iu');

/** `--by person --since 30d`; null: something else. */
function readUsage(scope: UsageScope, options: string): Intent | null {
  const [, named = USUALLY_BY[scope]] = BY.exec(options) ?? [];
  const by = USAGE_BY.find((known) => known === named.toLowerCase());
  const days = Number(SINCE.exec(options)?.[1] ?? DEFAULT_DAYS);
  const isRead = options.replace(BY, '').replace(SINCE, '').trim() === '';
  return by === undefined || days < 1 || days > MOST_DAYS || !isRead
    ? null
    : { kind: 'usage', scope, by, days };
}

function commandNamed(word: Word | undefined): Subcommand | null {
  return COMMAND_NAMES.get(bareWord(word?.raw ?? '')) ?? null;
}

/** null: not a sub-command, or with words that it doesn't take. */
export function readSubcommand(typed: string): Intent | null {
  const [first, ...args] = wordsOf(typed);
  const name = commandNamed(first);
  if (name === null) return null;
  const rest = typed.slice(args[0]?.end ?? typed.length).trim();
  return ROWS[name]({ raw: args.map(({ raw }) => raw).join(' '), session: args[0]?.session ?? null, rest });
}

/** A shorter name is too near to words such as "is", unless it is about a session. */
const SHORT_NAME = 3;

/** The sub-command whose name, or another word for it, is the first word, perhaps with one slip; null: none. */
export function commandLike([first, second]: readonly Word[]): Subcommand | null {
  const word = bareWord(first?.raw ?? '');
  const shortest = second?.session == null ? SHORT_NAME + 1 : 0;
  const near = [...COMMAND_NAMES].find(([known]) => known.length >= shortest && isOneSlip(word, known));
  return commandNamed(first) ?? near?.[1] ?? null;
}

/** Whose settings or sessions: after a sub-command that takes it, nobody means a task. */
const OWN_WORDS = new Set(['me', 'mine', 'channel', 'workspace', 'clear']);

/** A sub-command that is followed by one of its own words, and by others that it doesn't take; null: none. */
export function misusedCommand(typed: string): IntentOf<'misused'> | null {
  const [first, second] = wordsOf(typed);
  const name = commandNamed(first);
  const word = second?.raw.toLowerCase() ?? '';
  const takes = name !== null && OWN_WORDS.has(word) && readSubcommand(`${name} ${word}`) !== null;
  return takes ? { kind: 'misused', problems: [{ kind: 'incomplete', name }] } : null;
}

/** What was probably meant, as a command that can be run; null: something is missing. */
export function meantCommand(name: Subcommand, words: readonly Word[], typed: string): string | null {
  const session = words.find((word) => word.session !== null)?.session;
  const rest = typed.slice(words[0]?.end).trim();
  const candidates = [rest, ...(session ? [`devin-${bareSessionId(session)}`] : []), ''];
  return (
    candidates.map((args) => `${name} ${args}`.trim()).find((one) => readSubcommand(one) !== null) ?? null
  );
}

/** A word of a command as Slack sends it. `<…|label>` is one word, whatever is in the label. */
export type Word = {
  raw: string;
  /** Where it ends in its text. */
  end: number;
  /** The id of the session it names. */
  session: string | null;
};

/** Slack sends links as `<url>` or `<url|label>`: https://docs.slack.dev/messaging/formatting-message-text */
const WORD = /<[^<>\n]+>|[^\s<]+|</g;

/** Commands are short: after this many characters, the text is a task or a message. */
const READ_LENGTH = 8000;

export function wordsOf(text: string): Word[] {
  return [...text.slice(0, READ_LENGTH).matchAll(WORD)].map(({ 0: raw, index: at }) => ({
    raw,
    end: at + raw.length,
    session: sessionNamed(raw),
  }));
}

const BARE = /\p{L}[\p{L}\p{N}]*(?:-[\p{L}\p{N}]+)*/u;
const LONGEST_COMMAND = 40;

/** The word without punctuation, in lower case, also from wide letters: `Stop:` is `stop`; '' for a link. */
function bareWord(raw: string): string {
  const plain = raw.startsWith('<') ? '' : raw.slice(0, LONGEST_COMMAND).normalize('NFKC');
  return BARE.exec(plain)?.[0].toLowerCase() ?? '';
}

const ADDRESS = /^(?:https?:\/\/[^/]|[\w-]+\.[\w.-]+(?=\/)).*\/sessions\/([\w-]+)/i;
const LONGEST_WORD = 2083;

/** The session that a word names by its id or its address in Devin. */
function sessionNamed(raw: string): string | null {
  if (raw.length > LONGEST_WORD) return null;
  const [target = ''] = raw.replace(/^</, '').split(/[|>]/);
  if (target.includes('/')) return ADDRESS.exec(target)?.[1] ?? null;
  return (
    unescape(target)
      .split(/[^\w-]+/)
      .find(isSessionId) ?? null
  );
}

/** Slack runs no slash command in a thread or after a mention, so people send it as a message. Others type it twice. */
export function withoutCommand(said: string, command: string): string {
  const [first = ''] = said.split(/\s/, 1);
  return first === command ? said.slice(command.length).trim() : said;
}
