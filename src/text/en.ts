import { approval } from './en/approval.ts';
import { audit, forget, mapping, operator } from './en/audit.ts';
import { card } from './en/card.ts';
import { command } from './en/command.ts';
import { details } from './en/details.ts';
import { devin } from './en/devin.ts';
import { fields } from './en/fields.ts';
import { review, secretForm } from './en/form-overlays.ts';
import { modal } from './en/form.ts';
import { home } from './en/home.ts';
import { joins } from './en/joins.ts';
import { notices } from './en/notices.ts';
import { commandLine, config, doctor, start, store } from './en/operator.ts';
import { policy } from './en/policy.ts';
import { sessions } from './en/sessions.ts';
import { settings } from './en/settings.ts';
import { steering } from './en/steering.ts';
import { milestones, thread } from './en/thread.ts';
import { usage } from './en/usage.ts';

/**
 * Every sentence a person reads, in English, by where it is read. Another language is one more file of this shape, and a line in languages.ts.
 * Values passed in are already safe for where they go: callers escape what users and Devin wrote.
 */
export const en = {
  fields,
  config,
  commandLine,
  store,
  start,
  doctor,
  command,
  sessions,
  settings,
  steering,
  approval,
  card,
  home,
  thread,
  milestones,
  modal,
  review,
  secretForm,
  details,
  notices,
  devin,
  policy,
  mapping,
  audit,
  forget,
  operator,
  usage,
  joins,
};
