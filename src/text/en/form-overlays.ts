/** The view for entering a session's secrets one by one. */
export const secretForm = {
  title: 'Secrets for this session',
  intro:
    'Encrypted until Devin has them, then erased here. Your screen shows what you type. Nothing is sent before you start the session.',
  row: (row: number): string => `Secret ${row}`,
  name: { label: 'Name', placeholder: 'STAGING_DATABASE_URL' },
  value: {
    label: 'Value',
    hint: 'Up to 3,000 characters, with line breaks. Used exactly as it is. For a longer value, use a .env file.',
  },
  sensitive: { label: 'Sensitive', option: 'Devin keeps it out of what it shows' },
  kept: {
    label: 'Already entered',
    hint: 'Uncheck a secret to remove it.',
    /** Those that have no box. */
    more: (count: number): string => `And ${count} more, which stay.`,
  },
  errors: {
    name: 'Use 1 to 256 characters without spaces.',
    nameMissing: 'Add a name.',
    valueMissing: 'Add a value.',
    repeated: 'This name is used twice. Keep one of them.',
  },
};

/** The list of messages and files that Devin gets with a task. */
export const review = {
  title: 'What Devin gets',
  loading: 'Reading the conversation…',
  unreadable:
    "This app can't read this conversation now, so Devin gets only the message you picked. Close this to go back to the form.",
  intro: "Uncheck what Devin shouldn't get. The rest is sent as background, not as instructions.",
  earlier: 'Earlier messages',
  later: 'Later messages',
  send: 'Send',
  /** For screen readers, at a box. */
  picked: 'the message you picked',
  kinds: {
    member: 'member',
    guest: 'guest',
    external: 'outside your organization',
    app: 'app',
    unknown: 'unknown',
  },
  /** Authors without a name. */
  unnamed: { app: 'an app', person: 'an unknown person' },
  empty: '(no text)',
  cut: 'Shortened here; Devin gets all of it.',
  file: (name: string, author: string): string => `File ${name}, from ${author}`,
};
