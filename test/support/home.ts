import { effectivePreferences } from '../../src/session/preferences.ts';
import type { Home } from '../../src/slack/views/home.ts';

/** A Home without usage, approvals and files, with the usual preferences. */
export const BARE_HOME: Pick<Home, 'usage' | 'everyone' | 'approvals' | 'files' | 'preferences'> = {
  approvals: { asked: [], total: 0 },
  files: [],
  preferences: effectivePreferences({}),
  usage: {
    days: 30,
    budgets: [],
    summary: { sessions: 0, acu: 0, groups: [] },
  },
  everyone: null,
};
