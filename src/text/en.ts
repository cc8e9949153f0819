import * as card from './en/card.ts';
import * as command from './en/command.ts';
import * as form from './en/form.ts';
import * as home from './en/home.ts';
import * as notices from './en/notices.ts';
import * as operator from './en/operator.ts';
import * as policy from './en/policy.ts';
import * as thread from './en/thread.ts';

/**
 * Every sentence a person reads, in English, by where it is read. Another language is one more file of this shape, and a line in languages.ts.
 * Values passed in are already safe for where they go: callers escape what users and Devin wrote.
 */
export const en = {
  ...card,
  ...command,
  ...form,
  ...home,
  ...notices,
  ...operator,
  ...policy,
  ...thread,
};
