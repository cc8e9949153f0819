import { card, joins } from './ja/card.ts';
import * as command from './ja/command.ts';
import * as form from './ja/form.ts';
import * as home from './ja/home.ts';
import * as notices from './ja/notices.ts';
import * as operator from './ja/operator.ts';
import * as policy from './ja/policy.ts';
import * as thread from './ja/thread.ts';
import type { Text } from './index.ts';

/** Every sentence a person reads, in Japanese. Command words, options and the manifest stay in English. */
export const ja: Text = {
  card,
  joins,
  ...command,
  ...form,
  ...home,
  ...notices,
  ...operator,
  ...policy,
  ...thread,
};
