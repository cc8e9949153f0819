import type { FieldKey } from '../../session/fields.ts';

/** The form that starts a session. */
export const modal = {
  title: 'Start a Devin session',
  submit: 'Start',
  save: 'Save',
  /** Of a view that can't be sent. */
  close: 'Close',
  /** The menu of groups. */
  addOptions: 'Add options…',
  /** Opens what Devin gets. */
  review: 'What Devin gets',
  groups: {
    about: 'Title and tags',
    guidance: 'Guidance',
    access: 'Access',
    files: 'Files and links',
    result: 'Result',
    machine: 'Environment',
  },
  context: {
    /** Heading in Details. */
    label: 'Background',
    picked: (excerpt: string): string => `About this message: ${excerpt}`,
  },
  secretsLost: (names: readonly string[]): string =>
    `This session's own secrets weren't kept. Enter them again. They were: ${names.join(', ')}.`,
  /** A value that is too long for its input. */
  kept: (characters: number): string =>
    `Kept as it is (${characters.toLocaleString('en-US')} characters). What you type here replaces it.`,
  /** Options of closed sets, by their value: up to 75 characters. */
  options: {
    normal: 'Normal · the default',
    fast: 'Fast · 4× the cost, 2× the speed',
    lite: 'Lite · lower cost, small tasks',
    ultra: 'Ultra · higher cost, hard tasks',
    fusion: 'Fusion · lower cost, two models',
  },
  /** What the policy says about an option. */
  optionThen: {
    approve: (option: string): string => `${option} · needs approval`,
    refuse: (option: string): string => `${option} · not allowed here`,
  },
  files: {
    label: 'Files',
    hint: 'Up to 10 of 10 MB. The text of an .md file is added to the task, an .env file has secrets, and schema.json is the output schema (up to 256 KB each). All others are attached.',
  },
  fileErrors: {
    unreadable: "This app couldn't read it. Upload a text file (UTF-8) of up to 256 KB that is not empty.",
    twice: 'Use one schema: the input or one file.',
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
    /** At an empty input, once. */
    leaveEmpty: 'To go without it, press Start again.',
    /** What to do at a box. */
    tick: 'Check the box or leave it empty.',
  },
  runsAs: (name: string): string => `Runs as ${name}`,
  cannotStart: (why: string): string => `You can't start a session yet. ${why}`,
  /** At the task. Sending the form again starts another. */
  askedBefore:
    'You started this a minute ago: look for its card. Nothing new was started. To start another session, press Start again.',
  /** It stays open: Slack didn't get the answer in time. */
  sentBefore:
    "You already sent this form: look for its card. Nothing new was started. To tell Devin of a change, reply in the card's thread.",
  credential:
    'Nothing was started yet: this seems to contain credentials. Move them to "Access" as secrets, or press Start again to start as it is.',
  outdated:
    'This is from an older version of the app, or too old. Copy what you typed and open it again. Nothing was done.',
  errors: {
    takes: (takes: string): string => `Use ${takes}.`,
    value: (value: string, takes: string): string => `"${value}" isn't valid. Use ${takes}.`,
    tooMany: (most: number, given: number): string => `Use up to ${most}; you have ${given}.`,
    /** Never what is on the line: it may be a secret. */
    secretLine: (line: number): string =>
      `Line ${line} must be KEY=VALUE, with a key of 1 to 256 characters without spaces.`,
    /** In the words of the parser. */
    json: (reason: string): string => `Invalid JSON: ${reason}.`,
    schemaTooLarge: 'Use a JSON Schema of up to 64 KB.',
  },
};

/** What Devin gets, over the form. */
export const review = {
  loading: 'Reading the conversation…',
  unreadable:
    "This app isn't in the conversation, so Devin gets only the message you picked. To include the thread, type `/invite @Devin Sessions` there and open the form again.",
  isLong: 'This is long: the task quotes the first message and those around the one you picked.',
  boxes: { label: 'Include', hint: 'As background, not as instructions.' },
  kinds: {
    member: 'member',
    guest: 'guest',
    external: 'outside your organization',
    app: 'app',
    unknown: 'unknown',
  },
  empty: '(no text)',
  cut: 'Shortened here; Devin gets all of it.',
  file: (author: string): string => `File from ${author}`,
};

/**
 * `takes`: what the field accepts; of a list, what an entry is. `placeholder`: the text in an empty input, or beside a
 * box to tick, up to 75 characters.
 */
type FieldWords = { label: string; hint?: string; placeholder?: string; takes: string };

/** One entry for each row of the field table. */
export const fields: Record<FieldKey, FieldWords> = {
  prompt: {
    label: 'Task',
    placeholder: 'The result you want, such as: the login test passes 20 times in a row',
    takes: 'text',
  },
  repos: {
    label: 'Repositories',
    placeholder: 'Devin finds them from the task',
    takes: 'owner/repo, for example acme/web, or a link',
  },
  devin_mode: {
    label: 'Mode',
    placeholder: "Your organization's default",
    takes: 'normal, fast, lite, ultra or fusion',
  },
  max_acu_limit: {
    label: 'ACU cap',
    hint: "The session stops when it's used up.",
    placeholder: "Your organization's limit",
    takes: 'a whole number from 1 to 1,000,000',
  },
  title: {
    label: 'Title',
    placeholder: 'Devin makes one from the task',
    takes: 'text of up to 3,000 characters',
  },
  playbook_id: {
    label: 'Playbook',
    takes: "a playbook's name or id",
  },
  tags: {
    label: 'Tags',
    takes: "labels that don't begin with slack-",
  },
  child_playbook_id: {
    label: 'Playbook for child sessions',
    takes: "a playbook's name or id",
  },
  knowledge_ids: {
    label: 'Knowledge',
    placeholder: "All of your organization's knowledge",
    takes: "a note's name or id",
  },
  secret_ids: {
    label: 'Secrets',
    placeholder: "All of your organization's secrets",
    takes: "a secret's name or id; enter KEY=VALUE in the form",
  },
  session_secrets: {
    label: 'Secrets for this session only',
    hint: 'Encrypted until Devin has them, then erased here. Your screen shows what you type.',
    placeholder: 'KEY=VALUE, one per line',
    takes: 'KEY=VALUE lines, with each key once',
  },
  session_links: {
    label: 'Related sessions',
    takes: 'a link to a Devin session, or its id',
  },
  attachment_urls: {
    label: 'Attachments by link',
    takes: 'the web address of a file',
  },
  structured_output_schema: {
    label: 'Structured output (JSON Schema)',
    hint: 'Draft 7, up to 64 KB.',
    placeholder: 'None: no structured output',
    takes: 'a JSON Schema',
  },
  structured_output_required: {
    label: 'Require structured output',
    hint: 'Needs a schema.',
    placeholder: 'Devin must deliver it before its turn ends',
    takes: 'no value; makes structured output optional',
  },
  platform: {
    label: 'Machine',
    hint: 'For example, windows or the name of an outpost pool.',
    placeholder: "Your organization's default",
    takes: 'a platform or outpost pool',
  },
  resumable: {
    label: 'Can be resumed',
    placeholder: 'Devin keeps the machine after the session stops, to continue later',
    takes: 'no value; Devin discards the machine at the end',
  },
  bypass_approval: {
    label: 'Child sessions without approval',
    placeholder: 'Devin starts child sessions without asking',
    takes: 'no value; child sessions start without approval',
  },
};

/** A session's Details. */
export const details = {
  title: 'Session details',
  headings: { asked: 'What was asked', support: 'Copy for support' },
  /** What the policy added to the task. */
  instructions: 'Standing instructions',
  /** Where a value comes from if not from the request. */
  why: {
    workspace: 'workspace default',
    channel: 'channel default',
    person: 'personal default',
    policy: 'set by policy',
  },
  withWhy: (label: string, why: string): string => `${label} (${why})`,
  none: 'None',
  yes: 'yes',
  no: 'no',
  cut: '(shortened)',
};
