import { z } from 'zod';
import { cleanJson } from '../../bounds.ts';
import type { SlackFile, SlackMessage } from '../../session/context.ts';
import { escape, unescape } from '../views/text.ts';

/** Unexpected parts are left out, and the rest of the message is kept. */
const words = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const blocks = z.array(z.unknown()).nullish().catch(null);

const fileSchema = z.looseObject({
  id: z.string(),
  name: words,
  title: words,
  mimetype: words,
  size: z.number().nullish().catch(null),
  url_private_download: words,
  url_private: words,
  /** In Google Drive or the like: Slack has an address, and no bytes. */
  is_external: z.boolean().nullish().catch(null),
  /** Of a voice or video clip. */
  transcription: z
    .object({ preview: z.object({ content: words }).optional() })
    .nullish()
    .catch(null),
});

const attachmentSchema = z
  .looseObject({
    pretext: words,
    author_name: words,
    title: words,
    title_link: words,
    text: words,
    fallback: words,
    footer: words,
    fields: z
      .array(z.looseObject({ title: words, value: words }))
      .nullish()
      .catch(null),
    blocks,
    /** Of a forwarded message. */
    message_blocks: z
      .array(
        z
          .looseObject({ message: z.looseObject({ blocks, attachments: blocks }).catch({}) })
          .catch({ message: {} }),
      )
      .nullish()
      .catch(null),
    /** What is forwarded within it. */
    attachments: blocks,
    is_share: flag,
    is_msg_unfurl: flag,
    /** Of the preview of a link. */
    from_url: words,
    is_app_unfurl: flag,
    files: z.array(fileSchema).nullish().catch(null),
  })
  .catch({});

const messageSchema = z.looseObject({
  ts: z.string(),
  thread_ts: words,
  user: words,
  username: words,
  bot_id: words,
  bot_profile: z.looseObject({ name: words }).nullish().catch(null),
  text: words,
  blocks,
  attachments: z.array(attachmentSchema).nullish().catch(null),
  files: z.array(fileSchema).nullish().catch(null),
});

type RawMessage = z.infer<typeof messageSchema>;
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

const kindSchema = z.looseObject({
  subtype: words,
  hidden: z.boolean().nullish().catch(null),
});

/** Whether someone wrote the message: https://docs.slack.dev/reference/events/message#subtypes */
export function isWritten(payload: unknown): boolean {
  const { subtype, hidden } = kindSchema.parse(payload);
  return WRITTEN.has(subtype) && hidden !== true;
}

/**
 * Reads a message from Slack's payloads or `conversations.replies`. Text in blocks or attachments is kept: alert bots
 * write only there, and a forwarded message is an attachment of an empty one.
 */
export function readMessage(payload: unknown): SlackMessage {
  return toMessage(messageSchema.parse(cleanJson(payload)));
}

function toMessage(message: RawMessage): SlackMessage {
  const fromApp = typeof message.bot_id === 'string';
  const attachments = (message.attachments ?? []).flatMap(withInner);
  return {
    ts: message.ts,
    threadTs: message.thread_ts ?? null,
    userId: message.user ?? null,
    appName: fromApp ? message.bot_profile?.name || message.username || '' : null,
    text: joined([
      withBlocks(message.text, message.blocks ?? []),
      ...attachments.map(attachmentText),
      ...(message.files ?? []).map(fileText),
    ]),
    files: [...(message.files ?? []), ...attachments.flatMap(({ files }) => files ?? [])]
      .filter(({ is_external: isExternal }) => isExternal !== true)
      .map(readFile),
  };
}

/** Only the author's words: attachments, such as the preview of a link, can be by others. */
export function readOwnWords(payload: unknown): string {
  const { text, blocks: given } = messageSchema.parse(cleanJson(payload));
  return withBlocks(text, given ?? []);
}

/** What a person said: with markup as Slack sends it, as Devin reads it, and what they forwarded. */
export function readSaid(payload: unknown) {
  const read = messageSchema.parse(cleanJson(payload));
  return { slackText: slackTextOf(read), message: toMessage(read), forwarded: forwardedOf(read) };
}

/**
 * What the author wrote, and the tables they pasted: those are attachments without other text.
 * https://github.com/vercel/chat/issues/803
 */
function slackTextOf({ text, blocks: given, attachments }: RawMessage): string {
  const pasted = (attachments ?? []).filter(
    (one) => !isForwarded(one) && one.is_app_unfurl !== true && typeof one.from_url !== 'string',
  );
  const shown = [...(given ?? []), ...pasted.flatMap((one) => one.blocks ?? [])];
  const tables = shown.filter((block) => isOfType(block, 'table'));
  return tables.length === 0 ? (text ?? '') : joined([text ?? '', escape(blocksText(tables))]);
}

/**
 * What is forwarded with a message, with its authors, and what its files say in words; empty: nothing. Its files are those of
 * the message.
 */
function forwardedOf({ attachments, files }: RawMessage): string {
  const forwarded = (attachments ?? []).filter(isForwarded).flatMap(withInner);
  return joined([...forwarded.map(attachmentText), ...(files ?? []).map(fileText)]);
}

/** The address of a file that Slack doesn't have, and what is said in a clip. */
function fileText({
  name,
  title,
  is_external: isExternal,
  url_private: url,
  transcription,
}: RawFile): string {
  if (isExternal !== true) return transcription?.preview?.content ?? '';
  return titleOf({ title: title ?? name, title_link: url }) ?? url ?? '';
}

function isForwarded({ is_share: isShare, is_msg_unfurl: isUnfurl }: RawAttachment): boolean {
  return isShare === true || isUnfurl === true;
}

/** An attachment, then those within it: people forward what others forwarded. `cleanJson` limits how deep. */
function withInner(attachment: RawAttachment): RawAttachment[] {
  const { attachments, message_blocks: forwarded } = attachment;
  const inner = [attachments ?? [], ...(forwarded ?? []).map(({ message }) => message.attachments ?? [])];
  const read = inner.flat().map((one) => attachmentSchema.parse(one));
  return [attachment, ...read.flatMap(withInner)];
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
function withBlocks(text: string | null | undefined, given: unknown[]): string {
  const own = unescape(text ?? '').trim();
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
  const forwarded = (attachment.message_blocks ?? []).flatMap(({ message }) => message.blocks ?? []);
  const fields = (attachment.fields ?? []).map(({ title, value }) => `${title ?? ''}: ${value ?? ''}`);
  const all = joined([
    ...[attachment.pretext, attachment.author_name, titleOf(attachment)].map((part) => unescape(part ?? '')),
    withBlocks(attachment.text, [...(attachment.blocks ?? []), ...forwarded]),
    ...[...fields, attachment.footer].map((part) => unescape(part ?? '')),
  ]);
  return all === '' ? unescape(attachment.fallback ?? '') : all;
}

function titleOf({ title, title_link: link }: Pick<RawAttachment, 'title' | 'title_link'>): string | null {
  if (!title) return null;
  return link ? `${title} (${link})` : title;
}

/** The type of a canvas, which Slack delivers as HTML. */
export const CANVAS = 'application/vnd.slack-docs';

/** https://docs.slack.dev/reference/objects/file-object */
export function readFile(payload: RawFile): SlackFile {
  const name = payload.name ?? payload.title ?? payload.id;
  const mimetype = payload.mimetype ?? 'application/octet-stream';
  return {
    id: payload.id,
    name: mimetype === CANVAS ? `${name}.html` : name,
    mimetype,
    size: payload.size ?? 0,
    url: payload.url_private_download ?? payload.url_private ?? null,
  };
}

/** Keys of blocks and elements with text for people; the rest is layout. */
const TEXT_KEYS = ['text', 'fields', 'title', 'elements', 'alt_text', 'url', 'name', 'blocks', 'rows'];
const BREAKS = new Set(['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted']);

/** The readable text of any blocks, even of unknown kinds. */
function blocksText(blocks: unknown[]): string {
  return blocks
    .map((block) => read(block, DEEPEST).trim())
    .filter((text) => text !== '')
    .join('\n');
}

/** Slack nests nothing deeper. */
const DEEPEST = 30;

function read(node: unknown, depth: number): string {
  if (typeof node === 'string') return unescape(node);
  if (depth === 0) return '';
  if (Array.isArray(node))
    return node
      .map((one) => read(one, depth - 1))
      .filter((text) => text !== '')
      .join('');
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
      return container(node, depth - 1);
  }
}

function container(node: Record<string, unknown>, depth: number): string {
  const parts = TEXT_KEYS.flatMap((key) => {
    const value = node[key];
    if (value === undefined || (key === 'url' && node['type'] !== 'image')) return [];
    if (key === 'alt_text' && node['type'] !== 'image') return [];
    if (key === 'rows') return [table(value, depth)];
    return Array.isArray(value) && key === 'fields'
      ? value.map((one) => read(one, depth))
      : [read(value, depth)];
  });
  const type = String(node['type']);
  const text = parts.filter((part) => part !== '').join(type === 'section' ? '\n' : ' ');
  return BREAKS.has(type) ? `${text}\n` : text;
}

/** As a code block, so that nothing in a cell is read as an option or a mention. */
function table(rows: unknown, depth: number): string {
  const lines = listOf(rows).map((row) => listOf(row).map((cell) => cellText(cell, depth)));
  if (lines.flat().every((cell) => cell === '')) return '';
  return ['```', ...lines.map((cells) => cells.join(' | ')), '```'].join('\n');
}

/** https://docs.slack.dev/reference/block-kit/blocks/table-block */
function cellText(cell: unknown, depth: number): string {
  // It would end the code block.
  return read(cell, depth).replaceAll(/\s+/g, ' ').trim().replaceAll('```', "'''");
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
