import { effectivePreferences } from '../../src/session/preferences.ts';
import type { Home } from '../../src/slack/views/home.ts';

/** A Home without usage and approvals, with the usual preferences. */
export const BARE_HOME: Pick<Home, 'everyone' | 'approvals' | 'preferences'> = {
  approvals: [],
  preferences: effectivePreferences([]),
  everyone: null,
};
