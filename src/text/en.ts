import { card, joins } from './en/card.ts';
import { command } from './en/command.ts';
import { details, fields, modal, review } from './en/form.ts';
import { home, settings, usage } from './en/home.ts';
import { devin, notices } from './en/notices.ts';
import {
  audit,
  commandLine,
  config,
  doctor,
  forget,
  mapping,
  operator,
  start,
  store,
} from './en/operator.ts';
import { approval, policy } from './en/policy.ts';
import { milestones, sessions, steering, thread } from './en/thread.ts';

/**
 * Every sentence a person reads, in English, by where it is read. Another language is one more file of this shape, and a line in languages.ts.
 * Values passed in are already safe for where they go: callers escape what users and Devin wrote.
 */
export const en = {
  approval,
  audit,
  card,
  command,
  commandLine,
  config,
  details,
  devin,
  doctor,
  fields,
  forget,
  home,
  joins,
  mapping,
  milestones,
  modal,
  notices,
  operator,
  policy,
  review,
  sessions,
  settings,
  start,
  steering,
  store,
  thread,
  usage,
};
