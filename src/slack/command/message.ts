import type { Intent, IntentOf, Wish } from '../../session/intent.ts';
import { THREAD_WORDS, type ThreadWord } from '../../session/reply.ts';
import { isThanks } from '../../text/spoken.ts';
import { USER_ID } from '../views/text.ts';
import { CODE } from './flags.ts';
import { parseCommand } from './parse.ts';
import { withoutCommand } from './subcommands.ts';

/** What a message in a session's thread says. `text` as Slack sent it. */
export type ThreadMeaning =
  | { kind: 'word'; word: ThreadWord }
  /** For another session in this thread. */
  | { kind: 'new'; text: string }
  /** For the people in the thread, not for Devin: it says so. */
  | { kind: 'aside' }
  | { kind: 'reply'; text: string };

const NEW = /^[!！]new(?:(?:\s*[:：]\s*|\s+)(?<task>\S[^]*))?$/i;
const ASIDE = /^[*_]*[(（[［]\s?aside\s?[)）\]］]|^aside\s?[:：]|(?:^|\s)[!！]aside(?=[\s.,;:!?。、！？]|$)/i;
const NAME = new RegExp(`^[*_~]*<(?:@${USER_ID}|!subteam\\^|!(?:here|channel|everyone)\\b)`);
/** In Japanese, `さん` follows a name. */
const MENTION = new RegExp(`^<@(?<id>${USER_ID})(?:\\|[^<>]*)?>(?:さん)?[,:、，：]?\\s*`);
const LONGEST_WORD = 20;

/** A mention of the app in front changes nothing. */
export function readThreadMessage(slackText: string, botUserId: string): ThreadMeaning {
  const text = withoutMention(slackText.trim(), botUserId);
  const word = wordOf(text, botUserId);
  if (word !== undefined) return { kind: 'word', word };
  if (ASIDE.test(text.replaceAll(CODE, ''))) return { kind: 'aside' };
  const begun = NEW.exec(text);
  return begun === null ? { kind: 'reply', text } : { kind: 'new', text: begun.groups?.['task'] ?? '' };
}

/** Whether it begins with the name of a person or a group. In code, in a quote or later, a name changes nothing. */
export function beginsWithName(slackText: string, botUserId: string): boolean {
  const text = slackText.trimStart();
  return NAME.test(text) && !isMention(text, botUserId);
}

/** As the whole message, in any letter case, with signs around it, or with a mention of the app after it. */
function wordOf(text: string, botUserId: string): ThreadWord | undefined {
  const [first = '', last, ...others] = text.slice(0, LONGEST_WORD + botUserId.length).split(/\s+/);
  if (others.length > 0 || (last !== undefined && !isMention(last, botUserId))) return undefined;
  const said = first.toLowerCase().replaceAll(/^[!！]|[.!?。！？]+$/g, '');
  return THREAD_WORDS.find((word) => word === said);
}

/** Whether a mention of the app is in front. */
function isMention(slackText: string, botUserId: string): boolean {
  return MENTION.exec(slackText.trimStart())?.groups?.['id'] === botUserId;
}

export function withoutMention(text: string, botUserId: string): string {
  return isMention(text, botUserId) ? text.replace(MENTION, '') : text;
}

function withoutMentions(slackText: string, botUserId: string): string {
  const rest = withoutMention(slackText.trim(), botUserId);
  return rest.replaceAll(new RegExp(`[^\\S\\n]?<@${botUserId}(?:\\|[^<>]*)?>`, 'g'), '').trim();
}

/** Outside of code. */
export function mentionsApp(slackText: string, botUserId: string): boolean {
  return slackText.replaceAll(CODE, '').includes(`<@${botUserId}`);
}

/** `command`: the app's slash command. */
type MessageReading = { botUserId: string; isDirect: boolean; command: string };

/** Whether a message is to the app. `slackText` as Slack sent it. */
export function isAddressed(
  slackText: string,
  { botUserId, isDirect }: Pick<MessageReading, 'botUserId' | 'isDirect'>,
): boolean {
  return isDirect || mentionsApp(slackText, botUserId);
}

/** What a message to the app asks for. `typed`: what is left of it without the mention. */
export type Addressed = { intent: Intent; typed: string };

/** The same grammar as the command's. null: it is not to the app, or asks for nothing. */
export function readAddressed(slackText: string, reading: MessageReading): Addressed | null {
  if (!isAddressed(slackText, reading)) return null;
  const { botUserId, isDirect, command } = reading;
  const meaning = readThreadMessage(slackText, botUserId);
  if (meaning.kind === 'aside') return null;
  const said = meaning.kind === 'new' ? meaning.text : withoutMentions(slackText, botUserId);
  const typed = withoutCommand(said, command);
  if (typed === '') return { intent: { kind: 'help', withOptions: false }, typed };
  if (isThanks(typed)) return null;
  const intent = parseCommand(typed);
  const isTalk = intent.kind === 'create' && !isDirect && !isMention(slackText, botUserId);
  return { intent: isTalk ? asTalk(intent) : intent, typed };
}

/** A task that starts only if its author says so. */
export function asTalk({ draft }: Wish): IntentOf<'ask-first'> {
  return { kind: 'ask-first', doubt: { kind: 'perhaps-talk' }, draft };
}
