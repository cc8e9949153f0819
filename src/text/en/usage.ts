/** What sessions use, and what is left of budgets. ACU come as words; days and months are those of UTC. */
export const usage = {
  usage: 'Usage:\n  npm run usage -- export [--since 2026-01-31] [--csv] [--by NAME]',
  title: {
    me: 'Your usage',
    channel: 'Usage in this channel',
    workspace: 'Usage in this workspace',
  },
  /** The report. */
  days: (days: number): string => (days === 1 ? 'today' : `last ${days} days`),
  heading: (title: string, days: string): string => `${title}, ${days}`,
  none: 'No sessions were started in this period.',
  sessions: (count: number): string =>
    count === 1 ? '1 session' : `${count.toLocaleString('en-US')} sessions`,
  /** More are not counted. */
  newestOnly: (count: string): string => `Only the newest ${count} entries are counted.`,
  byTitle: {
    person: 'By person',
    channel: 'By channel',
    repo: 'By repository',
    month: 'By month',
  },
  noName: 'Not known',
  noRepo: 'No repository',
  othersLeftOut: (count: number): string => `And ${count} more.`,
  utc: 'Days and months are UTC. A session counts on each day it worked.',
  notForYou: {
    /** `command`: the slash command's name. */
    workspace: (command: string): string =>
      `Only owners of the policy and workspace admins see usage of the whole workspace. Yours: \`${command} usage\`. This channel: \`${command} usage channel\`.`,
    by: (_command: string): string =>
      "Only owners of the policy and workspace admins see usage by person, and the workspace's by channel or repository. Try `--by month`.",
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
    heading: (budget: string, percent: number): string => `${budget}: ${percent}% used`,
    counted: (money: string, period: string): string => `${period} (UTC): ${money}`,
    next: {
      refuse: 'At 100%, new sessions are refused until the budget renews.',
      approve: 'At 100%, new sessions need an approval until the budget renews.',
    },
    more: (command: string): string => `See ${command} for who uses it. The policy file sets the budget.`,
  },
};
