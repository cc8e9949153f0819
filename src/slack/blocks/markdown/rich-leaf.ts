import type { RichTextLink, RichTextText } from '@slack/types';
import type { Leaf } from './pieces.ts';

const STYLES = ['bold', 'italic', 'strike', 'code'] as const;

export function richLeaf(leaf: Leaf): RichTextText | RichTextLink {
  const style = Object.fromEntries(STYLES.flatMap((name) => (leaf[name] ? [[name, true]] : [])));
  const styled = Object.keys(style).length === 0 ? {} : { style };
  const { text, url } = leaf;
  if (url === null) return { type: 'text', text, ...styled };
  return { type: 'link', url, ...(text !== url && { text }), ...styled };
}
