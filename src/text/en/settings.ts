/** Defaults and preferences. */
export const settings = {
  title: 'Defaults that apply to you here',
  notSaid: "Everything else is left to the organisation's defaults.",
  none: "None are set: everything is left to the organisation's defaults.",
  scopes: { workspace: 'this workspace', channel: 'this channel', person: 'you' },
  value: (label: string, value: string, scope: string): string => `${label}: ${value} (set for ${scope})`,
  set: (scope: string): string => `Set for ${scope}.`,
  cleared: (scope: string): string => `The defaults for ${scope} were removed.`,
  nothingSet: 'Nothing was set.',
  notLookedUp:
    'Who you are in Devin could not be looked up just now, so nothing is shown, and nothing was set. Try again in a minute.',
  adminsOnly:
    'Only administrators of this Slack workspace can set that for a channel or the workspace. Nothing was set.',
  /** Where it was defaults. */
  ownDefaults: 'Your own defaults are set with `defaults me`.',
  notify: {
    label: 'Where you hear about your sessions',
    thread: "in the session's thread",
    dm: 'in a direct message',
    card: 'only on the card',
  },
  steer: {
    label: 'Who may answer, stop and archive sessions here',
    requester: 'only whoever asked for the session',
    members: 'every member of the Devin organisation',
  },
  webMessages: {
    label: "What people write in Devin's web app",
    on: "appears in the session's thread",
    off: 'stays in the web app',
  },
  preference: (label: string, value: string): string => `${label}: ${value}`,
};
