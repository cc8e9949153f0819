/** The form that starts a session. */
export const modal = {
  title: 'Start a Devin session',
  submit: 'Start',
  close: 'Cancel',
  moreOptions: 'More options',
  /** Collapsed: what is set where it cannot be seen. */
  alsoSet: (labels: string): string => `Also set, see "More options": ${labels}`,
  groups: {
    guidance: 'Guidance',
    access: 'Access',
    files: 'Files and links',
    result: 'Result',
    machine: 'Machine',
  },
  context: {
    label: 'What Devin reads along with the task',
    hint: 'It goes along as material, not as an instruction. Files come with the messages they are in.',
    picked: (excerpt: string): string => `About this message: ${excerpt}`,
    pickedEmpty: 'About a message without text.',
    choices: {
      message: 'This message',
      'until-here': 'The thread up to this message',
      thread: 'The whole thread',
    },
    counted: (choice: string, counts: string): string => `${choice} (${counts})`,
    messages: (count: number): string => (count === 1 ? '1 message' : `${count} messages`),
    files: (count: number): string => (count === 1 ? '1 file' : `${count} files`),
  },
  threadUnreadable:
    'Only this message can go along: this app cannot read the thread, because it is not in this conversation. To include the thread, type `/invite @Devin Sessions` there and open this form again.',
  /** One input holds 3,000 characters; a longer value goes on in further ones. */
  continued: (label: string, part: number): string => `${label} (part ${part})`,
  /** `names`: what they were called; empty where that is not known. */
  secretsLost: (names: readonly string[]): string =>
    `The secrets for this session only were not kept: type them again, under "More options".${names.length === 0 ? '' : ` They were: ${names.join(', ')}.`}`,
  continuedHint: 'Continues the input above. Left empty: nothing more.',
  tooLong: (label: string): string =>
    `${label}: what was filled in is longer than this form can hold, so its end is missing here.`,
  none: {
    label: (label: string): string => `${label}: none at all`,
    option: 'None at all',
    hint: 'Not the same as leaving the list empty.',
  },
  unset: "The organisation's default",
  /** Options of closed sets, by their value: at most 75 characters. */
  options: {
    normal: 'Normal',
    fast: 'Fast: about twice as fast, at four times the cost',
    lite: 'Lite',
    ultra: 'Ultra',
    fusion: 'Fusion',
  },
  search: 'Type to search, or to enter your own',
  on: 'On',
  /** How values of a kind are written, after the hint of the field. */
  kinds: {
    list: 'A value with a comma in it goes into double quotes.',
    secrets:
      'Everything after the first = is the value, quotes included. Lines that are blank or start with # are skipped. What you type is visible on your screen; nothing here is ever filled in again. Left empty: none.',
    json: 'A JSON object, from { to }.',
  },
  sensitive: {
    label: 'Treat these secrets as sensitive',
    option: 'Sensitive',
    hint: 'On: Devin keeps their values out of what it shows.',
  },
  files: {
    label: 'Files',
    hint: 'At most 10 files of up to 10 MB each. Left empty: none but those of the messages that go along.',
  },
  /** Where a value came from that was filled in. */
  filledIn: {
    workspace: "Filled in from this workspace's defaults.",
    channel: "Filled in from this channel's defaults.",
    person: 'Filled in from your own defaults.',
  },
  runsAs: {
    looking: 'Looking up who this will run as…',
    member: (name: string, how: string): string => `Runs as ${name}. ${how}`,
    refused: (why: string): string => `:warning: You cannot start a session yet. ${why}`,
  },
  identityUnavailable:
    "This app couldn't check who you are in Devin just now, so there is no form yet. Close this and open it again in a minute. What you typed is kept.",
  expired:
    'This form is too old to be sent. Copy your task, open a new form and paste it there. Nothing was started.',
  errors: {
    empty: 'Say what Devin should do.',
    takes: (takes: string): string => `This takes ${takes}.`,
    value: (value: string, takes: string): string => `"${value}" does not fit. This takes ${takes}.`,
    noneAndValues: 'Either untick this or empty the list above: as it stands, it says both.',
    /** Never what is on the line: it may be a secret. */
    secrets: {
      'no-equals': (line: number): string => `Line ${line} is not of the form KEY=VALUE.`,
      'bad-key': (line: number): string =>
        `Line ${line}: the key before = takes 1 to 256 characters and no spaces.`,
      repeated: (line: number): string =>
        `Line ${line} repeats the key of a line above it. Keep one of them.`,
    },
    lineBreak: 'a line break',
    jsonAt: (line: number, column: number, found: string): string =>
      `This is not valid JSON: ${found} cannot stand at line ${line}, character ${column}.`,
    jsonIncomplete:
      'This JSON ends too early: a bracket or a quote is still open, or nothing follows the last comma.',
    jsonObject: 'This takes a JSON object, from { to }.',
    jsonSchema:
      'This takes a JSON Schema of at most 64 KB that refers to no other document ($ref only to "#…").',
  },
};

/** Suggestions in the form's selects. */
export const lookup = { use: (typed: string): string => `Use "${typed}"` };
