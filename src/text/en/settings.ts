import { LANGUAGE_NAMES } from '../../session/preferences.ts';

/** Defaults and preferences. */
export const settings = {
  title: 'Your defaults here',
  notSaid: "Everything else uses your organization's defaults.",
  none: "None set: everything uses your organization's defaults.",
  scopes: {
    workspace: 'this workspace',
    channel: 'this channel',
    person: 'you',
  },
  set: (scope: string): string => `Set for ${scope}.`,
  cleared: (scope: string): string => `Removed the defaults for ${scope}.`,
  nothingSet: 'Nothing was set.',
  adminsOnly: 'Only workspace admins can set that for a channel or the workspace. Nothing was set.',
  /** `typed`: a command in a code span. */
  ownDefaults: (typed: string): string => `Set your own defaults with ${typed}.`,
  notify: {
    label: 'Notifications about your sessions',
    thread: "in the session's thread",
    dm: 'in a direct message',
    card: 'only on the card',
    choices: { thread: 'Thread', dm: 'Direct message', card: 'Card only' },
  },
  language: {
    label: 'Language',
    slack: 'as in Slack (English)',
    ...LANGUAGE_NAMES,
    choices: { ...LANGUAGE_NAMES, slack: 'As in Slack' },
  },
  steer: {
    label: 'Who can answer, stop and archive sessions here',
    requester: 'only the person who asked for the session',
    members: 'every member of the Devin organization',
    choices: { requester: 'Requester', members: 'Members' },
  },
  listen: {
    label: 'What goes to Devin from session threads here',
    usual:
      "replies under a session card; in other threads, the requester's messages and those that mention this app",
    thread: 'everything that members write',
    mentions: 'only messages that mention this app',
    choices: { thread: 'Everything', mentions: 'Mentions only' },
  },
  /** A button for each other choice. */
  useInstead: (choice: string): string => `Use: ${choice}`,
  /** Before the settings, to those who can change them. */
  appliesTo: (scope: string): string =>
    `Set for ${scope}. The nearest setting wins, and the policy before all.`,
  adminsChange: 'Only workspace admins can change these.',
};
