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
    app: 'The app',
    status: { starting: 'Starting', ready: 'Running', ended: 'Not running' },
    process: (pid: number, starts: number) =>
      `process ${pid}, ${starts === 1 ? 'first start' : `start ${starts}`}`,
    kill: 'Kill',
    start: 'Start',
  },
  requests: {
    title: 'Requests',
    about: 'What the app sent to Slack and Devin, and Slack to the app. Tokens and secrets are masked.',
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
