/** What sessions use, and what is left of budgets. ACU come as words; days and months are those of UTC. */
export const usage = {
  usage: 'Usage:\n  npm run usage -- export [--since 2026-01-31] [--csv]',
  title: {
    me: 'Your usage',
    channel: 'Usage in this channel',
    workspace: 'Usage in this workspace',
  },
  /** The report. */
  days: (days: number): string => (days === 1 ? 'today' : `last ${days} days`),
  heading: (title: string, days: string): string => `${title}, ${days}`,
  follows: 'Your usage follows.',
  none: 'No sessions were started in this period.',
  sessions: (count: number): string =>
    count === 1 ? '1 session' : `${count.toLocaleString('en-US')} sessions`,
  acuPerMerged: (acu: string): string => `${acu} ACU per merged pull request`,
  endedMerged: (merged: number, ended: number): string =>
    `${ended} ended, ${merged} with a merged pull request`,
  waited: (duration: string): string => `Devin waited ${duration} for an answer (median)`,
  /** Devin's own figures for the same days. */
  devin: {
    counts: (facts: string): string => `Devin counts, in the whole organization: ${facts}`,
    pullRequests: (count: number, merged: number): string =>
      count === 1 ? `1 pull request (${merged} merged)` : `${count} pull requests (${merged} merged)`,
    /** If the figures differ. */
    why: 'Devin counts each ACU on the day it was used, from 08:00 UTC to 08:00 UTC. This app counts only sessions it follows, on the day they started.',
  },
  /** More are not counted. */
  newestOnly: (count: string): string => `Only the newest ${count} sessions are counted.`,
  day: (midnight: Date): string =>
    midnight.toLocaleDateString('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' }),
  perDay: 'ACU per day',
  perDays: (days: number): string => `ACU per ${days} days`,
  byTitle: {
    person: 'By person',
    channel: 'By channel',
    repo: 'By repository',
    mode: 'By mode',
  },
  merged: (count: number): string => (count === 1 ? '1 merged PR' : `${count} merged PRs`),
  noName: { person: 'Not known', channel: 'Not known', repo: 'None named', mode: 'Devin chose' },
  othersLeftOut: (count: number): string => `And ${count} more.`,
  utc: 'Days and months are UTC. A session counts on the day it started.',
  /** If there are any. */
  budgets: 'Budgets count a session in progress with its whole cap.',
  notForYou: {
    /** `command`: the slash command's name. */
    workspace: (command: string): string =>
      `Only owners of the policy and workspace admins see usage of the whole workspace. Yours: \`${command} usage\`. This channel: \`${command} usage channel\`.`,
    by: (_command: string): string =>
      "Only owners of the policy and workspace admins see usage by person, and the workspace's by channel or repository. Try `--by mode`.",
  },
  home: {
    title: 'Usage',
    more: (command: string): string => `More: ${command}`,
  },
  /** To owners of the policy, by direct message. */
  alert: {
    acu_per_person_per_day: (person: string): string => `Daily budget of ${person}`,
    acu_per_channel_per_day: (channel: string): string => `Daily budget of ${channel}`,
    acu_per_month: (_everyone: string): string => 'Monthly budget',
    heading: (budget: string, percent: number): string => `${budget}: ${percent}% used or reserved`,
    counted: (counted: string, most: string, period: string): string =>
      `${counted} of ${most} ACU for ${period} (UTC). A session in progress counts with its whole cap.`,
    next: {
      refuse: 'At 100%, new sessions are refused until the budget renews.',
      approve: 'At 100%, new sessions need an approval until the budget renews.',
    },
    more: (command: string): string => `See ${command} for who uses it. The policy file sets the budget.`,
  },
};
