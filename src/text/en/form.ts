/** The form that starts a session. */
export const modal = {
  title: 'Start a Devin session',
  submit: 'Start',
  save: 'Save',
  /** Of a view that can be sent, and of others. */
  cancel: 'Cancel',
  close: 'Close',
  moreOptions: 'More options',
  /** Collapsed: what is set but not in view. */
  alsoSet: (labels: string): string => `Also set, under "More options": ${labels}`,
  groups: {
    about: 'Title and tags',
    guidance: 'Guidance',
    access: 'Access',
    files: 'Files and links',
    result: 'Result',
    machine: 'Environment',
  },
  context: {
    label: 'Context to include',
    hint: 'Devin gets it as background, not as instructions. Files are included with their messages.',
    picked: (excerpt: string): string => `About this message: ${excerpt}`,
    pickedEmpty: 'About a message without text.',
    choices: {
      message: 'This message',
      'until-here': 'The thread up to this message',
      thread: 'The whole thread',
    },
    /** People can choose how much once it's read. */
    counting: 'Reading the thread…',
    counted: (choice: string, counts: string): string => `${choice} (${counts})`,
    messages: (count: number): string => (count === 1 ? '1 message' : `${count} messages`),
    files: (count: number): string => (count === 1 ? '1 file' : `${count} files`),
    /** What was unticked. */
    without: (counts: string): string => `Left out by you: ${counts}`,
    /** Messages that are read, and those that are not. */
    tooMany: (read: number, unread: number): string =>
      `This thread is very long. Devin gets ${read} messages: the first one and those around the one you picked. ${unread} others are left out.`,
    asFile:
      'This thread is long. The task quotes the messages around the one you picked; an attached file has all of them.',
    review: "Review what's sent",
  },
  threadUnreadable:
    "Only this message can be included: this app isn't in the conversation, so it can't read the thread. To include the thread, type `/invite @Devin Sessions` there and open this form again.",
  /** One input holds 3,000 characters; a longer value continues in more of them. */
  continued: (label: string, part: number): string => `${label} (part ${part})`,
  /** `names`: empty if they are not known. */
  secretsLost: (names: readonly string[]): string =>
    `This session's own secrets weren't kept. Enter them again under "More options".${names.length === 0 ? '' : ` They were: ${names.join(', ')}.`}`,
  continuedHint: 'Continues the input above.',
  tooLong: (label: string): string =>
    `${label}: the value is longer than this form can hold, so the end is missing here.`,
  none: {
    label: (label: string): string => `No ${label.toLowerCase()}`,
    option: 'Devin gets none',
    hint: 'To give all, leave this unchecked and the list above empty.',
  },
  /** Options of closed sets, by their value: up to 75 characters. */
  options: {
    normal: 'Normal · the default',
    fast: 'Fast · 4× the cost, 2× the speed',
    lite: 'Lite · for small tasks',
    ultra: 'Ultra · the strongest, for hard tasks',
    fusion: 'Fusion · mixes a large and a small model to lower the cost',
  },
  /** What the policy says about an option. */
  optionThen: {
    approve: (option: string): string => `${option} · needs approval`,
    refuse: (option: string): string => `${option} · not allowed here`,
  },
  /** How to write values of a kind, after the hint of the field. */
  kinds: {
    list: 'Put a value that has a comma in double quotes.',
    secrets:
      "Everything after the first = is the value, quotes included. Blank lines and lines that start with # are skipped. Your screen shows what you type. You'll retype these if you reopen the form.",
    json: 'A JSON object, from { to }.',
  },
  sensitive: {
    label: 'Treat these secrets as sensitive',
    option: 'Devin keeps their values out of what it shows',
  },
  files: {
    label: 'Files',
    hint: 'Up to 10 files of up to 10 MB each.',
  },
  /** Files for values that are too long to type. */
  textFiles: {
    text: { label: 'Instructions file', hint: 'A text file that is added to the task, up to 256 KB.' },
    json: { label: 'Schema file', hint: 'A JSON Schema as a file, instead of the box above.' },
    secrets: {
      label: '.env file',
      hint: 'More secrets for this session only. Values can be up to 65,536 characters and have line breaks. The file stays in Slack until you delete it.',
    },
  },
  /** Opens the view for entering secrets one by one. */
  addSecrets: 'Add secrets one by one',
  secretsKept: (names: readonly string[]): string => `Entered one by one: ${names.join(', ')}`,
  fileErrors: {
    'too-large': 'This file is larger than 256 KB.',
    'not-text': 'This file is not a text file (UTF-8).',
    unreadable: "This app couldn't read the file from Slack. Remove it and upload it again.",
    slow: 'Slack took too long to hand over this file. Press Start again.',
    empty: 'This file is empty.',
    twice: 'Use the box or a file, not both.',
    noSecrets: 'This file has no KEY=VALUE lines.',
    repeatedSecret: 'A key is both in the box and in this file. Keep one of them.',
  },
  /** Where a filled-in value came from, in the words of Details. */
  filledIn: (why: string): string => `Source: ${why}.`,
  /** In the first line: the budget with least left, and that the policy adds to each task. `free`: such as "3 free of 60 ACU". */
  instructions: 'team instructions are added',
  /** The cap of a session without one. */
  policyCap: (most: string): string => `${most} (policy)`,
  /** The suggestion in a select that takes what was typed. */
  useTyped: (typed: string): string => `Use "${typed}"`,
  /** At a field with a refused value. `wanted`: what to do. */
  refused: {
    typed: (typed: string, wanted: string): string => `⚠️ You typed "${typed}". ${wanted}`,
    untyped: (wanted: string): string => `⚠️ The value was missing or unclear. ${wanted}`,
    /** At an input that would drop what was typed if it stayed empty. */
    filled: "It can't stay empty here. To go without it, send the request again without it.",
    /** What to do at a box. */
    tick: 'Check the box or leave it empty.',
    said: (words: string): string => `⚠️ Devin refused this: "${words.replace(/\.$/, '')}".`,
  },
  runsAs: {
    looking: 'Looking up who this runs as…',
    member: (name: string): string => `Runs as ${name}`,
  },
  /** Without a sign: an alert has its own. */
  cannotStart: (why: string): string => `You can't start a session yet. ${why}`,
  identityUnavailable:
    "This app couldn't check who you are in Devin just now, so there's no form yet. Close this and open it again in a minute. What you typed is kept. If it happens again, tell an app admin.",
  /** Shown on the form until it is sent again, which starts another. An alert holds 200 characters. */
  askedBefore:
    'You already sent this form, or the same task, here: look for its card. Nothing new was started. To start another session, send the form again.',
  /** It stays open: Slack didn't get the answer in time. */
  sentBefore:
    "You already sent this form: look for its card. Nothing new was started. To tell Devin of a change, reply in the card's thread.",
  credential:
    'Nothing was started yet: this seems to contain credentials. Move them to "More options" as secrets, or send the form again to start as it is.',
  optionsInTask:
    "Nothing was started yet: options in the task, such as --acu 10, don't count in this form. Use the fields for them, or send the form again to start as it is.",
  /** `title`: of a view over the form. */
  notPushed: (title: string): string => `If "${title}" didn't open, choose its button again.`,
  outdated:
    'This is from an older version of the app, or too old. Copy what you typed and open it again. Nothing was done.',
  errors: {
    takes: (takes: string): string => `Use ${takes}.`,
    value: (value: string, takes: string): string => `"${value}" isn't valid. Use ${takes}.`,
    tooMany: (most: number, given: number): string => `Use up to ${most}; you have ${given}.`,
    /** Also at the field before it is sent. `starts`: how tokens and keys begin that another person wrote. */
    hidden: (starts: string): string =>
      `A token, key or password that another person wrote (${starts}) is left out here. Type one in its place, or remove it.`,
    noneAndValues: 'Uncheck this, or empty the list above.',
    /** Never what is on the line: it may be a secret. */
    secrets: {
      'no-equals': (line: number): string => `Line ${line} must be KEY=VALUE.`,
      'bad-key': (line: number): string =>
        `Line ${line}: the key before = must be 1 to 256 characters without spaces.`,
      repeated: (line: number): string => `Line ${line} repeats a key from a line above. Keep one of them.`,
    },
    /** In the words of the parser. */
    json: (reason: string): string => `Invalid JSON: ${reason}.`,
    jsonTooDeep: 'Use JSON with at most 200 levels of brackets.',
    jsonObject: 'Use a JSON object, from { to }.',
    schema: {
      tooLarge: 'Use a JSON Schema of up to 64 KB and 2,000 values.',
      external: (ref: string): string =>
        `"$ref": "${ref}" points to another document. Use references within the schema only, such as "#/definitions/…".`,
      draft: (declared: string): string => `Use JSON Schema draft 7; this one declares ${declared}.`,
      /** In the validator's words. */
      invalid: (at: string, message: string): string =>
        `Not a valid JSON Schema (draft 7): ${at === '' ? 'the schema' : at} ${message}.`,
    },
  },
};
