/** Ana Ruiz, known by her address. */
export const MATCHED = {
  kind: 'matched',
  devinUserId: 'd1',
  name: 'Ana Ruiz',
  how: 'email',
  checkedAtMs: 0,
} as const;
