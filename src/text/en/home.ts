/** A person's App Home. Names, links and what can be typed come as mrkdwn. */
export const home = {
  title: 'Your Devin sessions',
  runsAs: {
    looking: 'Looking up who your sessions run as…',
    checked: (moment: string): string => `Checked ${moment}.`,
  },
  start: 'Start a session',
  refresh: 'Refresh',
  whereCardsGo: 'Sessions started here appear in Messages, visible only to you.',
  drawn: (moment: string): string => `Updated ${moment}.`,
  groups: { 'needs-you': 'Needs you', 'under-way': 'In progress', earlier: 'Earlier' },
  /** Requests of others that this person may approve. `who`: a mention. */
  approvals: {
    from: (who: string): string => `from ${who}`,
    more: (shown: number, total: number): string =>
      `${shown} of ${total}: those that expire first. The others are in Messages.`,
  },
  /** `total`: such as "25" or "1,000+". */
  more: (shown: number, total: string, command: string): string =>
    `${shown} of ${total}. See the rest with ${command}.`,
  none: {
    title: 'You have no sessions yet',
    byCommand: 'In any channel, type a task and one of your repositories:',
    byShortcut:
      'Or point at any message and choose *More actions* > *Start a Devin session*: Devin gets the thread, too. Its progress and questions come to Slack.',
  },
  defaults: 'Your defaults',
  editDefaults: 'Edit',
  /** On the form for one's own defaults. */
  defaultsIntro:
    "Every session you start begins with these, unless you say otherwise. What you leave empty uses the channel's, the workspace's or your organization's default.",
  /** For workspace admins. */
  health: {
    label: 'Health',
    sides: { database: 'Database', devin: 'Devin', slack: 'Slack' },
    well: 'Database, Devin, Slack reachable · no missing Slack scopes',
    unreachable: (sides: string): string =>
      `:warning: no usable answer: ${sides} (\`npm run doctor\` says why)`,
    missingScopes: (scopes: string): string => `:warning: missing Slack scopes: ${scopes}`,
    setAside: (count: number): string =>
      `:warning: ${count} items failed repeatedly and were skipped (see the log)`,
  },
  /** For workspace admins, and the policy for its owners, too. What is wrong follows `broken`. */
  files: {
    policy: 'Policy',
    identity: 'Identity file',
    inForce: (entries: number): string => `in force (${entries === 1 ? '1 entry' : `${entries} entries`})`,
    broken: ':warning: the file has errors, so the last valid one stays in force:',
  },
  help: (command: string): string =>
    `In a session's thread, your replies go to Devin. ${command} shows what else you can do.`,
};
