import type { SettingScope } from '../../session/defaults.ts';
import { SUBCOMMANDS } from '../../session/intent.ts';
import type { Intent, Problem, SharedScope, Subcommand } from '../../session/intent.ts';
import { NOTIFY, STEER } from '../../session/preferences.ts';
import { unescape } from '../blocks/text.ts';

/**
 * `devin-…`, or hex digits with dashes: 32 are a whole id, fewer a part of one, which is answered and never a task. The
 * last part of a session's address, too.
 */
const ID = String.raw`devin-[\w-]+|(?=[0-9a-f-]*\d)[0-9a-f][0-9a-f-]{7,40}`;
const ADDRESS = String.raw`https:\/\/\S+\/sessions\/(?<address>[\w-]+)\/?(?:[?#]\S*)?`;
const SESSION = String.raw`(?:(?<id>${ID})|${ADDRESS})`;

const LIST = /^list(?:\s+(?<all>all))?(?:\s+(?<page>[1-9]\d{0,5}))?$/i;
const ON_SESSION = new RegExp(String.raw`^(?<verb>status|stop|archive|follow)\s+${SESSION}$`, 'i');
const SAY = new RegExp(String.raw`^say\s+${SESSION}\s+(?<message>\S[^]*)$`, 'i');
const SAY_NOTHING = new RegExp(String.raw`^say\s+${SESSION}$`, 'i');
/** Devin's user ids are opaque (`user-…`, `email|…`), but no plain words. */
const LINK = /^link\s+<@(?<slack>[UW][A-Z0-9]+)(?:\|[^<>]*)?>\s+(?<devin>(?=\S*[-_|\d])\S+)$/i;

const DEFAULTS = /^defaults(?:\s+(?<scope>me|channel|workspace))?(?:\s+(?<clear>clear))?$/i;
const NOTIFY_AT = new RegExp(String.raw`^notify\s+(?<where>\S+)(?:\s+${SESSION})?$`, 'i');
const STEERED_BY = /^steer(?:\s+(?<scope>channel|workspace))?\s+(?<who>\S+)$/i;
const WEB_MESSAGES = /^web-messages(?:\s+(?<scope>channel|workspace))?\s+(?<shown>on|off)$/i;

/** `status page` may be a slip or a task; that is asked before a session is paid for. `help`, `list` and `say` are common words. */
const TWO_WORDS = /^(?<first>status|stop|archive|follow|notify|steer|web-messages)\s+\S+$/i;

const SCOPES: Readonly<Record<string, SettingScope>> = {
  me: 'person',
  channel: 'channel',
  workspace: 'workspace',
};

const KINDS = { status: 'status', stop: 'stop', archive: 'archive', follow: 'follow' } as const;

/** null: it is a task, however much it begins like a sub-command (`list the failing tests`). */
export function parseSubcommand(typed: string): Intent | null {
  if (/^help$/i.test(typed)) return { kind: 'help' };
  return (
    readList(typed) ??
    readLink(typed) ??
    readSettings(typed) ??
    readOnSession(unescape(typed)) ??
    readSay(unescape(typed))
  );
}

/** The sub-command that stands alone, with too little after it, or with one word that it does not take; null: it is a task. */
export function unfinishedSubcommand(
  typed: string,
): Extract<Problem, { kind: 'incomplete' | 'ambiguous' }> | null {
  const incomplete = SAY_NOTHING.test(unescape(typed)) ? 'say' : subcommandOf(typed);
  if (incomplete !== null) return { kind: 'incomplete', subcommand: incomplete };
  const ambiguous = subcommandOf(TWO_WORDS.exec(typed)?.groups?.['first'] ?? '');
  return ambiguous === null ? null : { kind: 'ambiguous', subcommand: ambiguous };
}

function subcommandOf(word: string): Subcommand | null {
  return SUBCOMMANDS.find((known) => known === word.toLowerCase()) ?? null;
}

function readList(typed: string): Intent | null {
  const groups = LIST.exec(typed)?.groups;
  if (groups === undefined) return null;
  return {
    kind: 'list',
    whose: groups['all'] === undefined ? 'mine' : 'all',
    page: Number(groups['page'] ?? 1),
  };
}

function readLink(typed: string): Intent | null {
  const { slack, devin } = LINK.exec(typed)?.groups ?? {};
  if (slack === undefined || devin === undefined) return null;
  return { kind: 'link', slackUserId: slack, devinUserId: unescape(devin) };
}

function readOnSession(text: string): Intent | null {
  const groups = ON_SESSION.exec(text)?.groups;
  const verb = Object.values(KINDS).find((kind) => kind === groups?.['verb']?.toLowerCase());
  const session = groups?.['id'] ?? groups?.['address'];
  return verb === undefined || session === undefined ? null : { kind: verb, session };
}

function readSay(text: string): Intent | null {
  const groups = SAY.exec(text)?.groups;
  const session = groups?.['id'] ?? groups?.['address'];
  const message = groups?.['message'];
  return session === undefined || message === undefined ? null : { kind: 'say', session, text: message };
}

function readSettings(typed: string): Intent | null {
  return readDefaults(typed) ?? readNotify(unescape(typed)) ?? readSteer(typed) ?? readWebMessages(typed);
}

function readDefaults(typed: string): Intent | null {
  const groups = DEFAULTS.exec(typed)?.groups;
  if (groups === undefined) return null;
  const scope = scopeOf(groups['scope']);
  if (groups['clear'] === undefined) return { kind: 'defaults' };
  return scope === null ? null : { kind: 'clear-defaults', scope };
}

/** Whose defaults are set by the flags beside this text; with nobody named, the person's own. null: it is a task. */
export function defaultsSetBeside(task: string): SettingScope | null {
  const groups = DEFAULTS.exec(task)?.groups;
  if (groups === undefined || groups['clear'] !== undefined) return null;
  return scopeOf(groups['scope']) ?? 'person';
}

function scopeOf(word: string | undefined): SettingScope | null {
  return SCOPES[word?.toLowerCase() ?? ''] ?? null;
}

function readNotify(text: string): Intent | null {
  const groups = NOTIFY_AT.exec(text)?.groups;
  const where = NOTIFY.find((known) => known === groups?.['where']?.toLowerCase());
  const session = groups?.['id'] ?? groups?.['address'] ?? null;
  return where === undefined ? null : { kind: 'notify', where, session };
}

function readSteer(typed: string): Intent | null {
  const groups = STEERED_BY.exec(typed)?.groups;
  const who = STEER.find((known) => known === groups?.['who']?.toLowerCase());
  if (who === undefined) return null;
  return { kind: 'steer', who, scope: sharedScopeOf(groups?.['scope']) };
}

function readWebMessages(typed: string): Intent | null {
  const groups = WEB_MESSAGES.exec(typed)?.groups;
  if (groups === undefined) return null;
  const shown = groups['shown']?.toLowerCase() === 'on';
  return { kind: 'web-messages', shown, scope: sharedScopeOf(groups['scope']) };
}

/** With none named, where the command is typed. */
function sharedScopeOf(word: string | undefined): SharedScope {
  return word?.toLowerCase() === 'workspace' ? 'workspace' : 'channel';
}
