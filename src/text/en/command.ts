/** Slash command: problems, questions and help. */
export const command = {
  /** The store didn't take it, or nobody could look it up. */
  notAnswered: {
    title: 'Nothing was done.',
    problem:
      "This app couldn't look that up or save it. Try again in a minute. If it happens again, tell an app admin.",
  },
  /** The store got it, but did not answer before Slack stopped waiting. */
  notConfirmed: {
    title: 'Not confirmed in time.',
    problem:
      "The database didn't answer in time, so your request may or may not be saved. Wait a minute and look for its card before you try again.",
  },
  /** Flags and values come as code spans; `takes` from `fields`. What was typed is quoted by the notice around. */
  problems: {
    /** `help`: a command in a code span. */
    unknownFlag: (flag: string, help: string): string => `Unknown option ${flag}. See ${help}.`,
    noTask: 'Add a task: what should Devin do?',
  },
  /** Before a session is paid for: a command, or a task? Commands come as code spans. */
  question: {
    meant: (command: string): string => `Did you mean ${command}?`,
    /** `usage`: a command whose values are missing or wrong. */
    incomplete: (usage: string): string => `If you meant the command, type ${usage}.`,
    task: 'Start a Devin session with this?',
    option: (option: string): string =>
      `Did you mean ${option}? As typed, it's part of the task and sets nothing.`,
    /** After `unknownFlag`. */
    unknownOption: "As typed, it's part of the task.",
    /** `starts`: of one or several. */
    credential: (starts: string): string =>
      `Your task seems to contain credentials (${starts}). In Devin, everyone who can open the session can read them. To give them to Devin as secrets instead, edit first, and move them to "Access".`,
    start: 'Start as typed',
    edit: 'Edit first',
    /** Plain. */
    startWith: (option: string): string => `Start with ${option}`,
    /** Also if another session was wanted. */
    started: 'Started a session.',
  },
  /** What the flag of a list takes. `none`: that word and `all`, too. */
  several: (takes: string, none: boolean): string =>
    `${takes}; separate several with commas${none ? ', or use none' : ''}`,
  help: {
    example: 'fix the flaky login test --repo acme/web --acu 10',
    /** `options`: the most used ones. */
    shortcut: (options: string): string =>
      `Or pick More actions > Start a Devin session on a message. Most used options: ${options}.`,
    mySessions: 'My sessions',
    allOptions: 'All options',
    subcommandsTitle: 'Other commands',
    sessionNote: 'Name a session by its id or link.',
    flagsNote: 'Put values with spaces in quotes. Text in backticks is part of the task.',
    modes: (words: string): string => `Mode words work anywhere in the task: ${words}.`,
    formOnly: (labels: string): string => `Only in the form: ${labels}.`,
    subcommands: {
      help: 'shows how to start, and the most used options.',
      list: "shows your sessions; `list all` shows everyone's.",
      status: 'shows a session.',
      why: 'shows whether you could start a session with these options here, and which rule decides.',
      whoami: 'shows who your sessions run as, your budgets, defaults, notifications and language.',
      usage: "shows who spent what. `usage channel --by month --since 7d` shows this channel's.",
      follow: 'brings a session from Devin here.',
      say: 'sends a message to a session.',
      stop: 'stops a session for good.',
      archive: 'archives a session.',
      defaults:
        'shows the defaults that apply here. `defaults me --acu 10` sets yours, `defaults me clear` removes them. Workspace admins also use `channel` and `workspace`.',
      settings:
        'sets who can steer sessions here, which replies Devin gets and what a mention does. In a direct message: everywhere. Workspace admins.',
      link: 'links a person to a member of the Devin organization; `link @person none` removes that. Workspace admins.',
    },
  },
};
