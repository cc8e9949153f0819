import { LANGUAGE_NAMES } from '../../session/preferences.ts';

/** A person's App Home. Names, links and what can be typed come as mrkdwn. */
export const home = {
  looking: 'Looking up who your sessions run as…',
  refresh: 'Refresh',
  whereCardsGo: 'Sessions started here appear in Messages, visible only to you.',
  groups: { 'under-way': 'In progress', earlier: 'Earlier' },
  defaults: 'Your defaults',
  editDefaults: 'Edit',
  /** On the form for one's own defaults. */
  defaultsIntro:
    "Every session you start begins with these, unless you say otherwise. What you leave empty uses the channel's, the workspace's or your organization's default.",
  /** For workspace admins. */
  health: {
    label: 'Health',
    well: 'Devin reachable · no missing Slack scopes',
    unreachable: 'no usable answer from Devin (`npm run doctor` says why)',
    missingScopes: (scopes: string): string => `missing Slack scopes: ${scopes}`,
    /** After "The policy" or "The identity file". */
    brokenFile: 'has errors, so the last valid one stays in force: the log says which',
  },
};

/** What sessions use, and what is left of budgets. ACU come as words; days and months are those of UTC. */
export const usage = {
  /** The report. `whose`: of `settings.scopes`. */
  heading: (whose: string, days: number): string =>
    `Usage · ${whose} · ${days === 1 ? 'today' : `last ${days} days`}`,
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
  othersLeftOut: (count: number): string => `And ${count} more.`,
  utc: 'Days and months are UTC. A session counts on each day it worked.',
  /** `command`: the slash command's name. */
  notForYou: (command: string): string =>
    `Only owners of the policy and workspace admins can see this. Yours: \`${command} usage\`. This channel by month: \`${command} usage channel --by month\`.`,
  more: (command: string): string => `More: ${command}`,
  /** To owners of the policy, by direct message. */
  alert: {
    /** `whose`: a person or a channel. */
    day: (whose: string): string => `Daily budget of ${whose}`,
    month: 'Monthly budget',
    heading: (budget: string, percent: number): string => `${budget}: ${percent}% used`,
    next: {
      refuse: 'At 100%, new sessions are refused until the budget renews.',
      approve: 'At 100%, new sessions need an approval until the budget renews.',
    },
  },
};

/** Defaults and preferences. */
export const settings = {
  notSaid: "What isn't listed uses your organization's defaults.",
  scopes: {
    workspace: 'this workspace',
    channel: 'this channel',
    person: 'you',
  },
  set: (scope: string): string => `Set for ${scope}.`,
  cleared: (scope: string): string => `Removed the defaults for ${scope}.`,
  adminsOnly: 'Only workspace admins can do that. Nothing was changed.',
  /** Of each setting, what can be chosen. */
  menus: {
    notify: {
      label: 'Notifications',
      choices: { thread: "In the session's thread", dm: 'By direct message', card: 'Only on the card' },
    },
    language: { label: 'Language', choices: { slack: 'As in Slack', ...LANGUAGE_NAMES } },
    steer: {
      label: 'Who can steer sessions',
      choices: { members: 'Every member in Devin', requester: 'Only the requester' },
    },
    listen: {
      label: 'Replies that Devin gets',
      choices: { thread: 'All replies', mentions: 'Only mentions of this app' },
    },
    mentions: {
      label: 'What a mention of this app does',
      choices: { start: 'Starts a session', ask: 'Asks first', off: 'Starts nothing' },
    },
  },
  /** The form for a channel or the workspace. */
  place: {
    title: 'Settings',
    appliesTo: (scope: string): string => `For ${scope}. The policy wins over these.`,
  },
};
