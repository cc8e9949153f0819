/** Words in one style. `url`: where they lead. Raw text, never empty. */
export type Leaf = {
  text: string;
  bold: boolean;
  italic: boolean;
  strike: boolean;
  code: boolean;
  url: string | null;
};

export type Align = 'left' | 'center' | 'right' | null;

export type TablePiece = { kind: 'table'; rows: Leaf[][][]; align: Align[]; source: string };

/** What Markdown says, in order and flat: Slack nests nothing but the levels of a list. */
export type Piece =
  | { kind: 'text'; heading: boolean; leaves: Leaf[] }
  /** `number`: null for a bullet. */
  | { kind: 'item'; number: number | null; indent: number; leaves: Leaf[] }
  /** Another paragraph of the item before it. */
  | { kind: 'more'; indent: number; leaves: Leaf[] }
  | { kind: 'quote'; leaves: Leaf[] }
  | { kind: 'code'; text: string }
  | TablePiece;

export function plainLeaf(text: string): Leaf {
  return { text, bold: false, italic: false, strike: false, code: false, url: null };
}
