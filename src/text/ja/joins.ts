import type { Text } from '../index.ts';

/** After these no space is needed. */
const FULL_STOP = /[。！？）\n]$/;

export const joins: Text['joins'] = {
  sentences: (parts) =>
    parts
      .filter((part) => part !== '')
      .reduce(
        (said, part) => (FULL_STOP.test(said) || said === '' ? `${said}${part}` : `${said} ${part}`),
        '',
      ),
  list: (parts) => parts.join('、'),
};
