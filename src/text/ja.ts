import { card, joins } from './ja/card.ts';
import { command } from './ja/command.ts';
import { details, fields, modal, review } from './ja/form.ts';
import { home, settings, usage } from './ja/home.ts';
import { devin, notices } from './ja/notices.ts';
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
} from './ja/operator.ts';
import { approval, policy } from './ja/policy.ts';
import { milestones, sessions, steering, thread } from './ja/thread.ts';
import type { Text } from './index.ts';

/** Every sentence a person reads, in Japanese. Command words, options and the manifest stay in English. */
export const ja: Text = {
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
