import { randomToken } from '../ids.ts';
import { block, type Block } from './blocks.ts';
import { elementsOf } from './relations.ts';

const BLOCK_ID_BYTES = 4;

/** Slack names what the app left unnamed, anew each time. Blocks of a kind unknown here stay as they are. */
export function assignIds(blocks: readonly unknown[]): unknown[] {
  return blocks.map((one) => {
    const parsed = block.safeParse(one);
    return parsed.success ? assignBlockIds(parsed.data) : one;
  });
}

export function assignBlockIds(one: Block): Block {
  for (const { element } of elementsOf(one)) element.action_id ??= randomToken(BLOCK_ID_BYTES);
  return { ...one, block_id: one.block_id ?? randomToken(BLOCK_ID_BYTES) };
}

/** The blocks that are of a known kind. */
export function knownBlocks(blocks: readonly unknown[]): Block[] {
  return blocks.flatMap((one) => block.safeParse(one).data ?? []);
}
