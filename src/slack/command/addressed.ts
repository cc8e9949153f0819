import type { Intent } from '../../session/intent.ts';
import { isThanks } from '../../text/spoken.ts';
import { parseCommand } from './parse.ts';
import { isMention, readThreadMessage, withoutMentions } from './thread-message.ts';
import { withoutCommand } from './tokens.ts';

/** `ownTag`: the app adds a tag of its own to each session. `command`: its slash command. */
type Reading = { botUserId: string; isDirect: boolean; ownTag: boolean; command: string };

/** Whether a message is to the app. `slackText` as Slack sent it. */
export function isAddressed(
  slackText: string,
  { botUserId, isDirect }: Pick<Reading, 'botUserId' | 'isDirect'>,
): boolean {
  return isDirect || slackText.includes(`<@${botUserId}`);
}

/** What a message to the app asks for. `typed`: what is left of it without the mention. */
export type Addressed = { intent: Intent; typed: string };

/** The same grammar as the command's. null: it is not to the app, or asks for nothing. */
export function readAddressed(slackText: string, reading: Reading): Addressed | null {
  if (!isAddressed(slackText, reading)) return null;
  const { botUserId, isDirect, ownTag, command } = reading;
  const meaning = readThreadMessage(slackText, botUserId);
  if (meaning.kind === 'aside') return null;
  const said = meaning.kind === 'new' ? meaning.text : withoutMentions(slackText, botUserId);
  const typed = withoutCommand(said, command);
  if (typed === '') return { intent: { kind: 'help', topic: null }, typed };
  if (isThanks(typed)) return null;
  const intent = parseCommand(typed, { ownTag });
  const isTalk = intent.kind === 'create' && !isDirect && !isMention(slackText, botUserId);
  return {
    intent: isTalk ? { ...intent, kind: 'ask-first', doubt: { kind: 'perhaps-talk' } } : intent,
    typed,
  };
}
