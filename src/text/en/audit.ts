/** `npm run audit`, for the person who runs the app. */
export const audit = {
  usage: [
    'Usage:',
    '  npm run audit -- verify [--expect HASH]',
    '  npm run audit -- export [--since 2026-01-31] [--csv] [--by NAME]',
  ].join('\n'),
  intact: (count: number): string => `The audit is intact. Entries: ${count.toLocaleString('en-US')}.`,
  /** Compared with an earlier export, it shows whether the end is missing. */
  last: (seq: number, at: string, hash: string): string =>
    `The last one is entry ${seq} of ${at}, hash ${hash}.`,
  wrong: {
    changed: (seq: number): string => `Entry ${seq} was changed, or moved here from another place.`,
    missing: (seq: number): string =>
      seq === 1 ? 'Entry 1 is missing: the audit no longer begins at its start.' : `Entry ${seq} is missing.`,
    loose: (seq: number): string =>
      `Entry ${seq} doesn't follow the entry before it: one of them was replaced.`,
    unmarked: (seq: number): string =>
      `Nothing says that entry ${seq} is the last one: the mark of the audit's end was removed.`,
    emptied: (_seq: number): string => 'The audit is empty, but the app was used: its entries were removed.',
    replaced: (seq: number): string =>
      `None of the ${seq.toLocaleString('en-US')} entries has the expected hash: the audit was replaced or cut.`,
  },
};

type Forgotten = { requests: number; sessions: number; replies: number };

export const forget = {
  usage:
    'Usage:\n  npm run forget -- USER [--by NAME]\nUSER is a Slack user id, such as U0123ABCD. NAME is who runs this, for the audit: letters, digits, and . _ - + @.',
  done: (userId: string, { requests, sessions, replies }: Forgotten): string =>
    `Removed the text of ${userId}. Requests: ${requests}; sessions: ${sessions}; messages to sessions: ${replies}. Their ids, times and costs stay, and so does the audit.`,
  inProgress: (count: number): string =>
    `Still in progress, and kept until it ends: ${count}. Run this again after that.`,
};

/** Commands that read or change the database beside the app. */
export const operator = {
  noDatabase: 'There is no database yet: start the app once, or check DATA_DIR and DATABASE_URL.',
  failed: (reason: string): string =>
    `The database couldn't be read to the end, so there is no result (${reason}). Run this again.`,
  embeddedInUse: (folder: string): string =>
    `The embedded database in ${folder} is in use by the app: stop the app, run this again, then start it. With Postgres (DATABASE_URL), this works while the app is running.`,
};

/** The identity file: what is wrong with it. */
export const mapping = {
  faults: {
    whole: 'The identity file ',
    'slack-person': 'must be a Slack user id (U0123) or an email address.',
    'devin-member': "must be a Devin user id, such as user-0123, or a Devin member's email address.",
    twice: (slack: string): string => `maps ${slack} for the second time: keep one entry for each person.`,
    conflict: (one: string, other: string, devin: string): string =>
      `maps both ${one} and ${other} to ${devin}: correct one, or set \`shared: true\` on both.`,
  },
};
