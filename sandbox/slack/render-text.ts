import type { Message, StateValue, View } from './model.ts';
import { knownBlocks } from './rules/assign-ids.ts';
import type { Block } from './rules/blocks.ts';
import type { Element, InputElement } from './rules/elements.ts';
import { plainRichText, type RichPart } from './rules/rich-text.ts';
import type { State } from './state.ts';

/** Messages, threads and modals as plain text, for terminals and failing tests. */

export function renderChannel(state: State, channelId: string): string {
  const messages = state.messages.get(channelId) ?? [];
  const top = messages.filter(({ threadTs, ts }) => threadTs === null || threadTs === ts);
  const name = state.channels.get(channelId)?.name ?? channelId;
  const rendered = top.flatMap((message) => [
    renderMessage(state, message),
    ...messages
      .filter(({ threadTs, ts }) => threadTs === message.ts && ts !== message.ts)
      .map((reply) => indent(renderMessage(state, reply))),
  ]);
  return [`#${name}`, ...rendered].join('\n');
}

export function renderMessage(state: State, message: Message): string {
  const only =
    message.ephemeralFor === null ? '' : ` (only ${nameOf(state, message.ephemeralFor)} sees this)`;
  const blocks = knownBlocks(message.blocks);
  const body = blocks.length === 0 ? readable(state, message.text) : renderBlocks(state, blocks, null);
  const files = message.fileIds.map((id) => `[file: ${state.files.get(id)?.name ?? id}]`);
  const reactions = [...message.reactions.keys()].map((name) => `:${name}:`).join(' ');
  const lines = [body, ...files, reactions].filter((line) => line !== '');
  return `${authorOf(state, message)}${only}:\n${indent(lines.join('\n'))}`;
}

export function renderView(state: State, view: View): string {
  const { definition } = view;
  if (definition.type === 'home') return renderBlocks(state, definition.blocks, view);
  const buttons = [definition.close?.text ?? 'Cancel', definition.submit?.text ?? null];
  const footer = buttons.flatMap((label) => (label === null ? [] : [`[${label}]`])).join(' ');
  return [`== ${definition.title.text} ==`, renderBlocks(state, definition.blocks, view), footer].join('\n');
}

function renderBlocks(state: State, blocks: readonly Block[], view: View | null): string {
  return blocks.map((block) => renderBlock(state, block, view)).join('\n');
}

function renderBlock(state: State, block: Block, view: View | null): string {
  if (block.type === 'input') return renderInput(block, view);
  if (block.type === 'section') return renderSection(state, block);
  if (block.type === 'context') {
    return block.elements.map((one) => readable(state, one.text)).join('  ');
  }
  if (block.type === 'actions') return block.elements.map(renderElement).join(' ');
  if (block.type === 'alert') return `! ${readable(state, block.text.text)}`;
  if (block.type === 'header') return block.text.text.toUpperCase();
  if (block.type === 'table')
    return block.rows.map((row) => row.map((cell) => plainRichText(cell)).join(' | ')).join('\n');
  return block.type === 'divider' ? '---' : renderRichText(block);
}

function renderSection(state: State, { text, accessory }: Extract<Block, { type: 'section' }>): string {
  const words = readable(state, text.text);
  return accessory === undefined ? words : `${words}  ${renderElement(accessory)}`;
}

function renderElement(element: Element): string {
  if (element.type === 'button') return `[${element.text.text}]`;
  if ('initial_option' in element && element.initial_option !== undefined)
    return `[${element.initial_option.text.text} ▾]`;
  if ('options' in element) {
    return `[${element.options.map(({ text }) => text.text).join(' | ')}]`;
  }
  const placeholder = 'placeholder' in element ? element.placeholder?.text : undefined;
  return `[${placeholder ?? element.type}]`;
}

/** `Label: value`, then what is wrong with it. */
function renderInput(
  { block_id, label, element, hint }: Extract<Block, { type: 'input' }>,
  view: View | null,
): string {
  const held = view?.values[block_id ?? '']?.[element.action_id ?? ''];
  const error = view?.errors[block_id ?? ''];
  const lines = [`${label.text}: ${held === undefined ? '' : renderHeld(element, held)}`];
  if (hint !== undefined) lines.push(indent(hint.text));
  if (error !== undefined) lines.push(indent(`! ${error}`));
  return lines.join('\n');
}

function renderHeld(element: InputElement, held: StateValue): string {
  const value = Object.entries(held).find(([field]) => field !== 'type')?.[1];
  if (element.type !== 'checkboxes' || !Array.isArray(value)) return shown(value);
  const ticked = new Set(value.map(shown));
  return element.options.map(({ text }) => `[${ticked.has(text.text) ? 'x' : ' '}] ${text.text}`).join('  ');
}

/** Text, an option's label, a file's name; lists of them. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : '';
  if ('text' in value) return shown(value.text);
  return 'name' in value ? shown(value.name) : '';
}

/** The text of a rich text, one part per line. */
function renderRichText({ elements }: Extract<Block, { type: 'rich_text' }>): string {
  return elements
    .map((part) =>
      part.type === 'rich_text_list'
        ? part.elements.map((item, at) => `${signOf(part, at)} ${plainRichText(item)}`).join('\n')
        : plainRichText(part),
    )
    .join('\n');
}

function signOf({ style, offset = 0 }: Extract<RichPart, { type: 'rich_text_list' }>, at: number): string {
  return style === 'ordered' ? `${offset + at + 1}.` : '•';
}

/** https://docs.slack.dev/messaging/formatting-message-text */
function readable(state: State, mrkdwn: string): string {
  return mrkdwn
    .replaceAll(/<@(\w+)(?:\|[^>]*)?>/g, (_all, id: string) => `@${nameOf(state, id)}`)
    .replaceAll(/<#(\w+)(?:\|[^>]*)?>/g, (_all, id: string) => `#${state.channels.get(id)?.name ?? id}`)
    .replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll(/<!(\w+)[^>]*>/g, '@$1')
    .replaceAll(/<([^|>]+)\|([^>]+)>/g, '$2 ($1)')
    .replaceAll(/<([^|>]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function authorOf(state: State, { userId, username }: Message): string {
  return username ?? (userId === null ? 'bot' : nameOf(state, userId));
}

function nameOf(state: State, userId: string): string {
  return state.users.get(userId)?.name ?? userId;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
