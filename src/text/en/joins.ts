/** How parts become one text. */
export const joins = {
  sentences: (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' '),
  list: (parts: readonly string[]): string => parts.join(', '),
  labeled: (label: string, value: string): string => `${label}: ${value}`,
};
