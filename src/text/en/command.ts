/** Slash command: problems and help. */
export const command = {
  /** The store did not take the request. */
  notRecorded:
    'Your request could not be saved, so nothing was started. Try again in a minute; if that does not help, tell whoever runs this app.',
  /** The same of a command that would have started nothing. */
  notAnswered: {
    title: 'Nothing was done.',
    problem:
      'This app could not look that up or write it down. Try again in a minute; if that does not help, tell whoever runs this app.',
  },
  /** Flags and values come as code spans; `takes` from `fields`. What was typed is quoted by the notice around. */
  problems: {
    unknownFlag: (flag: string): string =>
      `There is no option ${flag}; \`help\` after the command shows all of them.`,
    unknownFlagNear: (flag: string, nearest: string, takes: string): string =>
      `There is no option ${flag}. Did you mean ${nearest}? It takes ${takes}.`,
    /** Where a task is asked for. */
    ofTheTask: 'If it belongs to the task, put it in backticks.',
    /** By what the options are for. */
    onlyInForm: {
      task: (flag: string, label: string): string =>
        `There is no option ${flag}: "${label}" is set in the form, which the button below opens.`,
      defaults: (flag: string, label: string): string =>
        `There is no option ${flag}: "${label}" is set in the form only, for each session.`,
    },
    missingValue: (flag: string, takes: string): string => `${flag} has no value. It takes ${takes}.`,
    badValue: (flag: string, value: string, takes: string): string =>
      `${flag} cannot be ${value}. It takes ${takes}.`,
    unclosedQuote: (flag: string, value: string): string =>
      `The quotes at ${flag} ${value} are not closed. A value with spaces needs them on both sides.`,
    repeated: (flag: string): string => `${flag} is given twice with different values. Keep one of them.`,
    incomplete: (word: string, usage: string): string =>
      `${word} needs more: ${usage}. \`list\` shows your sessions, \`help\` every command.`,
    ambiguous: (typed: string, usage: string): string =>
      `${typed} may be meant as ${usage}, or as a task. If it is a task, start it from the form, or say it in more words.`,
    tooLong: (max: number): string =>
      `That is longer than ${max.toLocaleString('en-US')} characters. Shorten it, or put the long part into a file and attach it.`,
    noTask: 'There is no task. Say what Devin should do.',
    noTaskIn: (typed: string): string =>
      `There are options but no task in ${typed}. Add what Devin should do.`,
  },
  /** What the flag of a list takes. `none`: that word, too. */
  several: (takes: string, none: boolean): string =>
    `${takes}, repeatable or separated by commas${none ? ', or none' : ''}`,
  help: {
    title: 'Start a Devin session',
    usage: (command: string): string =>
      `${command} and a task starts a session as you. ${command} alone opens a form. Options go before, after or within the task:`,
    examples: [
      'fix the flaky login test --repo acme/web --acu 10',
      '!fast write release notes --title "Release 2.4" --tag docs,release',
    ],
    flagsTitle: 'Options',
    flagsNote:
      'Values with spaces go in quotes. Text in backticks, and everything after a `--` that stands alone, belongs to the task and is never an option.',
    modes: (words: string): string => `The mode can also be given as a word anywhere in the task: ${words}.`,
    formOnly: (labels: string): string => `Only in the form: ${labels}.`,
    subcommandsTitle: 'Other commands',
    subcommandsNote: 'A `<session>` is named by its id or its link.',
    subcommands: {
      help: { usage: 'help', does: 'shows this, to you alone.' },
      list: {
        usage: 'list',
        does: 'shows your sessions; `list all` shows those of everybody, private ones without their titles; `list 2` shows the second page.',
      },
      status: { usage: 'status <session>', does: 'shows where a session stands.' },
      follow: {
        usage: 'follow <session>',
        does: 'brings a card of a session here and keeps it up to date.',
      },
      say: { usage: 'say <session> <message>', does: 'sends a message to a session.' },
      stop: { usage: 'stop <session>', does: 'stops a session for good.' },
      archive: { usage: 'archive <session>', does: 'archives a session.' },
      defaults: {
        usage: 'defaults',
        does: 'shows the defaults that apply here. `defaults me --acu 10` sets yours, `defaults me clear` removes them; `channel` or `workspace` instead of `me` is for administrators.',
      },
      notify: {
        usage: 'notify thread|dm|card',
        does: 'sets where you hear about your sessions; `notify dm <session>` sets it for one of them.',
      },
      steer: {
        usage: 'steer requester|members',
        does: "sets who may answer and stop this channel's sessions; `steer workspace …` sets it everywhere; for administrators.",
      },
      'web-messages': {
        usage: 'web-messages on|off',
        does: "sets whether what people write in Devin's web app appears in this channel's threads; `web-messages workspace …` sets it everywhere; for administrators.",
      },
      link: {
        usage: 'link <@person> <Devin user id>',
        does: 'sets which member of the Devin organisation a person is; for administrators.',
      },
    },
  },
};
