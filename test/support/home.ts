import { effectivePreferences } from '../../src/session/preferences.ts';
import type { Home } from '../../src/slack/views/home.ts';

/** A Home without usage, approvals and files, with the usual preferences. */
export const BARE_HOME: Pick<Home, 'everyone' | 'approvals' | 'files' | 'preferences'> = {
  approvals: [],
  files: [],
  preferences: effectivePreferences([]),
  everyone: null,
};
