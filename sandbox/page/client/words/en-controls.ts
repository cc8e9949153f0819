/** The words of the controls beside the page. */
export type Controls = typeof controls;

const scripts = {
  normal: 'Works, opens a pull request, finishes',
  question: 'Asks a question, then goes on',
  report: 'Reports with a table, lists, code and a file',
  fails: 'Fails',
  capped: 'Reaches its ACU cap',
  slow: 'Waits a minute before each step',
};

export const controls = {
  panel: {
    label: 'Sandbox controls',
    title: 'Controls',
    close: 'Close the controls',
    next: 'What Devin does next',
    nextSession: 'The next session…',
    scripts,
    speed: 'Speed',
    paused: 'Paused',
    noSession: 'No session has been started yet.',
    sessions: 'Sessions, newest first',
    step: 'Next step',
    stepOf: (title: string) => `Next step of ${title}`,
    app: 'The app',
    status: { starting: 'Starting', ready: 'Running', ended: 'Not running' },
    process: (pid: number, starts: number) =>
      `process ${pid}, ${starts === 1 ? 'first start' : `start ${starts}`}`,
    restart: 'Kill and restart',
    kill: 'Kill',
    start: 'Start',
    redeliver: 'Deliver the last payload again',
    log: 'Log',
    logOf: 'Log of the app',
    wrong: 'What the app did wrong',
  },
  requests: {
    title: 'Requests',
    about: 'What the app sent to Slack and Devin, and Slack to the app. Tokens and secrets are masked.',
    show: 'Show requests of',
    all: 'All',
    from: (side: string) => `from ${side}`,
    to: (side: string) => `to ${side}`,
    noAnswer: 'no answer',
    polls: (count: number) => `${count} polls of Devin`,
    sent: 'Sent',
    answered: 'Answered',
    of: (what: string, name: string) => `${what}: ${name}`,
    nothing: 'nothing',
  },
};
