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
  adminsOnly: 'Only workspace admins can do that. Nothing was changed.',
  notify: {
    label: 'Notifications',
    choices: { thread: "In the session's thread", dm: 'By direct message', card: 'Only on the card' },
  },
  language: { label: 'Language', asInSlack: 'As in Slack' },
  /** The form for a channel or the workspace. */
  place: {
    title: 'Settings',
    appliesTo: (scope: string): string => `For ${scope}. The policy wins over these.`,
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
};
