/** Several values in one text input: one a line or parted by commas, in quotes where that would be misread. */

const ENTRY = /[^\S\n]*"((?:[^"]|"")*)"[^\S\n]*(?=[,\n]|$)|[^,\n]+/g;

export function writeList(items: readonly string[]): string {
  return items.map((item) => (/[,\n]|^"/.test(item) ? `"${item.replaceAll('"', '""')}"` : item)).join('\n');
}

export function readList(text: string): string[] {
  return [...text.matchAll(ENTRY)]
    .map(([whole, quoted]) => (quoted === undefined ? whole : quoted.replaceAll('""', '"')).trim())
    .filter((item) => item !== '');
}
