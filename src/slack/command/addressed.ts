import type { IntentOf } from '../../session/intent.ts';
import { asCommand, parseCommand } from './parse.ts';
import { UNSPACED } from './question.ts';
import { isMention, readThreadMeaning, withoutMention } from './thread-keywords.ts';
import { commandAsked, isThanks } from './words.ts';

/** What a message to the app asks for. `typed`: what is left of it without the mention. */
export type AddressedMeaning =
  /** For people. */
  | { kind: 'nothing' }
  /** A thank-you or an OK, which may answer something. */
  | { kind: 'thanks'; typed: string }
  | { kind: 'help' }
  | (IntentOf<'create' | 'ask-first' | 'invalid'> & { typed: string });

/** `ownTag`: the app adds a tag of its own to each session. `command`: its slash command. */
type Reading = { botUserId: string; isDirect: boolean; ownTag: boolean; command: string };

/** In a direct message, fewer words than this are small talk. */
const TASK_WORDS = 3;

/** A greeting: as a message of its own, it is no thank-you. */
const WAVE = /^(?:👋\p{Emoji_Modifier}?|:wave:(?::skin-tone-\d:)?)$/u;

/** `@Devin Sessions's queue is long` is about the app. */
const POSSESSIVE = /^\s*<@[^<>]*>['’]s\b/;

/** Whether a message is to the app. `slackText` as Slack sent it. */
export function isAddressed(
  slackText: string,
  { botUserId, isDirect }: Pick<Reading, 'botUserId' | 'isDirect'>,
): boolean {
  return isDirect || slackText.includes(`<@${botUserId}`);
}

/** null: it is not. */
export function readAddressed(slackText: string, reading: Reading): AddressedMeaning | null {
  if (!isAddressed(slackText, reading)) return null;
  const { botUserId, isDirect, ownTag, command } = reading;
  const begins = isMention(slackText, botUserId) && !POSSESSIVE.test(slackText);
  const meaning = readThreadMeaning(slackText, botUserId);
  if (meaning.kind === 'aside') return { kind: 'nothing' };
  const said = meaning.kind === 'new' ? meaning.text : withoutMentions(slackText, botUserId);
  const typed = withoutCommand(said, command);
  if (typed !== '' && isThanks(typed) && !WAVE.test(typed)) return { kind: 'thanks', typed };
  if (typed === '' || commandAsked(typed) === 'help') return { kind: 'help' };
  const read = readTask(typed, ownTag);
  const isCertain = begins || (isDirect && isLong(typed));
  if (isCertain || read.kind !== 'create') return read;
  return { ...read, kind: 'ask-first', about: null, meant: null, hint: null };
}

function readTask(typed: string, ownTag: boolean): AddressedMeaning {
  const intent = parseCommand(typed, { ownTag });
  switch (intent.kind) {
    case 'create':
    case 'ask-first':
    case 'invalid':
      return { ...intent, typed };
    case 'help':
      return { kind: 'help' };
    default:
      // A command without the slash.
      return { ...asCommand(typed, typed), typed };
  }
}

/** Slack runs no slash command in a thread or after a mention, so people send it as a message. */
function withoutCommand(said: string, command: string): string {
  const [first = ''] = said.split(/\s/, 1);
  return first === command ? said.slice(command.length).trim() : said;
}

function withoutMentions(slackText: string, botUserId: string): string {
  const rest = withoutMention(slackText.trim(), botUserId);
  return rest.replaceAll(new RegExp(`[^\\S\\n]?<@${botUserId}(?:\\|[^<>]*)?>`, 'g'), '').trim();
}

function isLong(typed: string): boolean {
  return typed.split(/\s+/).length >= TASK_WORDS || UNSPACED.test(typed);
}

/** A reply that asks for nothing, with or without mentions of the app. */
export function isCourtesy(slackText: string, botUserId: string): boolean {
  return isThanks(withoutMentions(slackText, botUserId));
}
