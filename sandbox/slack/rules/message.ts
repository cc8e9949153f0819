import { z } from 'zod';
import { block, type Block } from './blocks.ts';
import { describe, toViolations } from './issues.ts';
import { LIMIT } from './limits.ts';
import { checkRelations, type Violation } from './relations.ts';
import { plainRichText } from './rich-text.ts';

const blockList = z.array(block).max(LIMIT.messageBlocks);

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const scalars = z.record(z.string(), scalar);

/**
 * A list holds objects only, and nothing is null.
 * https://docs.slack.dev/tools/node-slack-sdk/reference/web-api/interfaces/MessageMetadata
 */
const metadataSchema = z.strictObject({
  event_type: z.string().min(1).max(LIMIT.id),
  event_payload: z.record(z.string(), z.union([scalar, scalars, z.array(scalars)])),
});

/**
 * What Slack would refuse in a message; empty: nothing. With `update`, the tighter text limit of chat.update.
 * https://docs.slack.dev/reference/methods/chat.postMessage
 */
export function checkMessage(
  message: { text?: unknown; blocks?: unknown; metadata?: unknown },
  { update = false } = {},
): string[] {
  return [
    ...checkText(message, update),
    ...(message.blocks === undefined ? [] : checkMessageBlocks(message.blocks)),
    ...checkMetadata(message.metadata),
  ].map(describe);
}

/** The violations of a message's blocks alone. */
function checkMessageBlocks(blocks: unknown): Violation[] {
  const parsed = blockList.safeParse(blocks);
  if (!parsed.success) return toViolations(parsed.error, '/blocks');
  return [...checkRelations(parsed.data), ...checkPlacement(parsed.data), ...checkTables(parsed.data)];
}

/** Slack's codes are `only_one_table_allowed` and the like, within the messages of `invalid_blocks`. */
function checkTables(blocks: readonly Block[]): Violation[] {
  const tables = blocks.flatMap((one, at) => (one.type === 'table' ? [{ ...one, at }] : []));
  const [, second] = tables;
  const length = plainRichText(tables.flatMap(({ rows }) => rows)).length;
  return [
    ...(second === undefined ? [] : [{ pointer: `/blocks/${second.at}`, message: 'only_one_table_allowed' }]),
    ...(length > LIMIT.tableText
      ? [{ pointer: '/blocks', message: `tables must be less than ${LIMIT.tableText + 1} characters` }]
      : []),
  ];
}

/** Whether Slack would answer `msg_blocks_too_long`. */
export function areBlocksTooLong(blocks: unknown): boolean {
  return JSON.stringify(blocks ?? []).length > LIMIT.messageBlocksJson;
}

function checkText(message: { text?: unknown; blocks?: unknown }, update: boolean): Violation[] {
  const { text, blocks } = message;
  const hasBlocks = Array.isArray(blocks) && blocks.length > 0;
  if (text === undefined) return hasBlocks ? [] : [{ pointer: '/text', message: 'no text' }];
  if (typeof text !== 'string') return [{ pointer: '/text', message: 'must be of type string' }];
  if (text.trim() === '' && !hasBlocks) return [{ pointer: '/text', message: 'no text' }];
  if (text === '') return [{ pointer: '/text', message: 'must be more than 0 characters' }];
  const max = update ? LIMIT.updateText : LIMIT.messageText;
  return text.length > max ? [{ pointer: '/text', message: `must be less than ${max + 1} characters` }] : [];
}

function checkMetadata(metadata: unknown): Violation[] {
  if (metadata === undefined) return [];
  const parsed = metadataSchema.safeParse(metadata);
  return parsed.success ? [] : toViolations(parsed.error, '/metadata');
}

function checkPlacement(blocks: readonly Block[]): Violation[] {
  const files = blocks.findIndex((one) => one.type === 'input' && one.element.type === 'file_input');
  return [
    ...blocks.flatMap(({ type }, i) =>
      type === 'alert' ? [{ pointer: `/blocks/${i}`, message: 'alert works in modals only' }] : [],
    ),
    ...(files === -1
      ? []
      : [{ pointer: `/blocks/${files}/element`, message: 'file_input works in views only' }]),
  ];
}
