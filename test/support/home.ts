import type { Home } from '../../src/slack/blocks/home.ts';

/** A Home without usage, approvals and files. */
export const BARE_HOME: Pick<Home, 'usage' | 'everyone' | 'rich' | 'approvals' | 'files'> = {
  approvals: { asked: [], total: 0 },
  files: [],
  usage: {
    days: 30,
    left: [],
    medianWaitMs: null,
    summary: {
      sessions: 0,
      acu: 0,
      spans: [],
      groups: [],
      acuPerMerged: null,
      ended: 0,
      endedMerged: 0,
    },
  },
  everyone: null,
  rich: true,
};
