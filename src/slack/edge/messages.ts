import { z } from 'zod';
import { cleanJson } from '../../bounds.ts';
import type { SlackFile, SlackMessage } from '../../session/context.ts';
import { escape, unescape } from '../views/text.ts';

/** What is missing or unexpected is read as empty, and the rest of the message is kept. */
const words = z.string().catch('');
const flag = z.boolean().catch(false);
const list = z.array(z.unknown()).catch([]);

/** https://docs.slack.dev/reference/objects/file-object */
const fileSchema = z.looseObject({
  id: z.string(),
  name: words,
  title: words,
  mimetype: z.string().catch('application/octet-stream'),
  size: z.number().catch(0),
  url_private_download: words,
  url_private: words,
  /** In Google Drive or the like: Slack has an address, and no bytes. */
  is_external: flag,
  /** Of a voice or video clip. */
  transcription: z.object({ preview: z.object({ content: words }) }).catch({ preview: { content: '' } }),
});

const files = z.array(fileSchema).catch([]);

const attachmentSchema = z.looseObject({
  pretext: words,
  author_name: words,
  title: words,
  title_link: words,
  text: words,
  fallback: words,
  footer: words,
  fields: z.array(z.looseObject({ title: words, value: words })).catch([]),
  blocks: list,
  /** Of a forwarded message. */
  message_blocks: z
    .array(z.looseObject({ message: z.looseObject({ blocks: list, attachments: list }) }))
    .catch([]),
  /** What is forwarded within it. */
  attachments: list,
  is_share: flag,
  is_msg_unfurl: flag,
  /** Of the preview of a link. */
  from_url: words,
  is_app_unfurl: flag,
  files,
});

const messageSchema = z.looseObject({
  ts: z.string(),
  thread_ts: z.string().nullable().catch(null),
  user: z.string().nullable().catch(null),
  username: words,
  bot_id: words,
  bot_profile: z.looseObject({ name: words }).catch({ name: '' }),
  text: words,
  blocks: list,
  attachments: list,
  files,
});

type RawAttachment = z.infer<typeof attachmentSchema>;
type RawFile = z.infer<typeof fileSchema>;

/** What people and apps write. Slack sends joins, topics and deletions as messages, too. */
const WRITTEN: ReadonlySet<unknown> = new Set([
  undefined,
  null,
  'bot_message',
  'file_share',
  'me_message',
  'thread_broadcast',
]);

/** Whether someone wrote the message: https://docs.slack.dev/reference/events/message#subtypes */
export function isWritten(message: object): boolean {
  return !('subtype' in message) || WRITTEN.has(message.subtype);
}

/**
 * Reads a message from Slack's payloads or `conversations.replies`: what its author said, with markup as Slack sends it; the
 * whole message as Devin reads it; and what is forwarded with it, with its authors, and what its files say in words. Text in
 * blocks or attachments is kept: alert bots write only there, and a forwarded message is an attachment of an empty one.
 */
export function readMessage(payload: unknown) {
  const read = messageSchema.parse(cleanJson(payload));
  const attachments = attachmentsIn(read.attachments);
  const forwarded = attachments.filter((one) => one.is_share || one.is_msg_unfurl);
  const files = [...read.files, ...attachments.flatMap(withInner).flatMap((one) => one.files)];
  const said = read.files.map(fileText);
  const message: SlackMessage = {
    ts: read.ts,
    threadTs: read.thread_ts,
    userId: read.user,
    appName: read.bot_id === '' ? null : read.bot_profile.name || read.username,
    text: joined([
      withBlocks(read.text, read.blocks),
      ...attachments.flatMap(withInner).map(attachmentText),
      ...said,
    ]),
    files: files.filter((one) => !one.is_external).map(toFile),
  };
  // People paste tables as attachments without other text. https://github.com/vercel/chat/issues/803
  const pasted = attachments.filter(
    (one) => !forwarded.includes(one) && !one.is_app_unfurl && one.from_url === '',
  );
  const shown = [...read.blocks, ...pasted.flatMap(({ blocks }) => blocks)];
  const tables = shown.filter((block) => isOfType(block, 'table'));
  return {
    slackText: tables.length === 0 ? read.text : joined([read.text, escape(blocksText(tables))]),
    message,
    /** Empty: nothing. Its files are those of the message. */
    forwarded: joined([...forwarded.flatMap(withInner).map(attachmentText), ...said]),
  };
}

/** The address of a file that Slack doesn't have, and what is said in a clip. */
function fileText({
  name,
  title,
  is_external: isExternal,
  url_private: url,
  transcription,
}: RawFile): string {
  return isExternal ? titled(title || name, url) : transcription.preview.content;
}

function attachmentsIn(given: unknown[]): RawAttachment[] {
  return given.flatMap((one) => attachmentSchema.safeParse(one).data ?? []);
}

/** An attachment, then those within it: people forward what others forwarded. `cleanJson` limits how deep. */
function withInner(attachment: RawAttachment): RawAttachment[] {
  const { attachments, message_blocks: forwarded } = attachment;
  const inner = [...attachments, ...forwarded.flatMap(({ message }) => message.attachments)];
  return [attachment, ...attachmentsIn(inner).flatMap(withInner)];
}

/** Whether nothing comes with its words: no file, and nothing forwarded. */
export function isOnlyText({ message, forwarded }: { message: SlackMessage; forwarded: string }): boolean {
  return message.files.length === 0 && forwarded === '';
}

/** What a person writes to Devin, and below it what they forward, which others may have written. */
export function withForwarded(text: string, forwarded: string): string {
  if (forwarded === '') return text;
  return joined([text, 'Forwarded or attached:', ...forwarded.split('\n').map((line) => `> ${line}`)]);
}

/** People's rich text repeats their text; the text of an app is often only the headline of its blocks. */
function withBlocks(text: string, given: unknown[]): string {
  const own = unescape(text).trim();
  if (own !== '' && given.every((block) => isOfType(block, 'rich_text'))) return own;
  const shown = blocksText(given);
  const said = new Set(['', ...shown.split('\n').map(lettersOf)]);
  return joined([...own.split('\n').filter((line) => !said.has(lettersOf(line))), shown]);
}

function isOfType(block: unknown, type: 'rich_text' | 'table'): boolean {
  return typeof block === 'object' && block !== null && 'type' in block && block.type === type;
}

/** Lines with the same letters differ only in markup. */
function lettersOf(line: string): string {
  return line.replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

function attachmentText(attachment: RawAttachment): string {
  const forwarded = attachment.message_blocks.flatMap(({ message }) => message.blocks);
  const fields = attachment.fields.map(({ title, value }) => `${title}: ${value}`);
  const title = titled(attachment.title, attachment.title_link);
  const all = joined([
    ...[attachment.pretext, attachment.author_name, title].map(unescape),
    withBlocks(attachment.text, [...attachment.blocks, ...forwarded]),
    ...[...fields, attachment.footer].map(unescape),
  ]);
  return all || unescape(attachment.fallback);
}

function titled(title: string, address: string): string {
  return address === '' ? title : `${title} (${address})`.trim();
}

export const readFile = (payload: unknown): SlackFile => toFile(fileSchema.parse(payload));

function toFile({ id, name, title, mimetype, size, ...urls }: RawFile): SlackFile {
  return {
    id,
    name: name || title || id,
    mimetype,
    size,
    url: urls.url_private_download || urls.url_private || null,
  };
}

/** Keys of blocks and elements with text for people; the rest is layout. */
const TEXT_KEYS = ['text', 'fields', 'title', 'elements', 'name', 'blocks', 'rows'];
const IMAGE_KEYS = ['title', 'alt_text', 'url'];
const BREAKS = new Set(['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted']);

/** The readable text of any blocks, even of unknown kinds. */
function blocksText(blocks: unknown[]): string {
  return joined(blocks.map((block) => read(block).trim()));
}

function read(node: unknown): string {
  if (typeof node === 'string') return unescape(node);
  if (Array.isArray(node)) return node.map(read).join('');
  if (!isRecord(node)) return '';
  switch (node['type']) {
    case 'user':
      return `<@${String(node['user_id'])}>`;
    case 'link':
      return link(node);
    case 'emoji':
      return `:${String(node['name'])}:`;
    case 'broadcast':
      return `@${String(node['range'])}`;
    default:
      return container(node);
  }
}

function container(node: Record<string, unknown>): string {
  const type = String(node['type']);
  const parts = (type === 'image' ? IMAGE_KEYS : TEXT_KEYS).flatMap((key) => {
    if (key === 'rows') return [table(node[key])];
    return key === 'fields' ? listOf(node[key]).map(read) : [read(node[key])];
  });
  const text = parts.filter((part) => part !== '').join(type === 'section' ? '\n' : ' ');
  return BREAKS.has(type) ? `${text}\n` : text;
}

/** As a code block, so that nothing in a cell is read as an option or a mention. */
function table(rows: unknown): string {
  const lines = listOf(rows).map((row) => listOf(row).map(cellText));
  if (lines.flat().every((cell) => cell === '')) return '';
  return ['```', ...lines.map((cells) => cells.join(' | ')), '```'].join('\n');
}

/** https://docs.slack.dev/reference/block-kit/blocks/table-block */
function cellText(cell: unknown): string {
  // It would end the code block.
  return read(cell).replaceAll(/\s+/g, ' ').trim().replaceAll('```', "'''");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function link(node: Record<string, unknown>): string {
  const url = String(node['url']);
  const label = node['text'];
  return typeof label === 'string' && label !== url ? `${label} (${url})` : url;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
