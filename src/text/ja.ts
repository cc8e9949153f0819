import { approval } from './ja/approval.ts';
import { audit, forget, mapping, operator } from './ja/audit.ts';
import { card } from './ja/card.ts';
import { command } from './ja/command.ts';
import { details } from './ja/details.ts';
import { devin } from './ja/devin.ts';
import { fields } from './ja/fields.ts';
import { review, secretForm } from './ja/form-overlays.ts';
import { modal } from './ja/form.ts';
import { home } from './ja/home.ts';
import { joins } from './ja/joins.ts';
import { notices } from './ja/notices.ts';
import { commandLine, config, doctor, start, store } from './ja/operator.ts';
import { policy } from './ja/policy.ts';
import { sessions } from './ja/sessions.ts';
import { settings } from './ja/settings.ts';
import { steering } from './ja/steering.ts';
import { milestones, thread } from './ja/thread.ts';
import { usage } from './ja/usage.ts';
import type { Text } from './index.ts';

/** Every sentence a person reads, in Japanese. Command words, options and the manifest stay in English. */
export const ja: Text = {
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
