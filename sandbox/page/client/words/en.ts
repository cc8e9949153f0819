/** The words of the demo's page itself; what the app says is in `src/text`. */
export type Words = typeof en;

/** Of the controls beside the page. */
const scripts = {
  normal: 'Works, opens a pull request, finishes',
  question: 'Asks a question, then goes on',
  report: 'Reports with a table, lists, code and a file',
  slow: 'Waits a minute before each step',
};

const controls = {
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
    about: 'What the app sent to Slack and Devin, and Slack to the app.',
    'to-slack': 'to Slack',
    'from-slack': 'from Slack',
    'to-devin': 'to Devin',
    noAnswer: 'no answer',
    polls: (count: number) => `${count} polls of Devin`,
  },
};

export const en = {
  title: 'Devin Sessions: live demo',
  banner:
    'Start and follow Devin, the AI engineer, from Slack. Real app, simulated Slack and Devin; nothing leaves your machine.',
  skip: 'Skip to the message field',
  terminal: {
    open: (url: string) => `Open ${url}`,
    checklist: 'The page has a checklist of things to try:',
    end: 'Ctrl+C ends it.',
  },
  guide: {
    install: 'Install in your workspace',
    readme: 'README.md',
    label: 'Things to try',
    progress: (done: number, all: number) => `${done} of ${all} done`,
    become: { member: 'Back to Ana', approver: 'Become Ben' },
    app: {
      down: 'App is down. It starts again in a moment.',
      back: 'App is back. Your command started; nothing else was lost.',
    },
    steps: {
      command: 'Fix a flaky test',
      thread: 'Turn a bug thread into a session',
      answer: "Answer Devin's question",
      approve: 'Approve a request as an admin',
      kill: 'Kill the app: nothing is lost',
      stranger: 'See it as someone without access',
    },
    tasks: {
      flaky: 'fix the flaky login test --repo acme/web --mode fast',
      costly: 'plan the database migration --mode ultra',
      killed: 'update the outdated dependencies',
      refused: 'clean up the old feature flags',
    },
    hints: {
      command: 'Press Enter.',
      thread: (shortcut: string) => `Press ⋯ and pick "${shortcut}". Devin gets the whole thread.`,
      answer: 'Devin waits for you. Reply, for example: from main, please',
      noQuestion: `Devin has no question now. In Controls, pick "${controls.panel.scripts.question}" and start a session.`,
      approve: "Press Enter: Ultra needs Ben's approval here.",
      decide: 'Press "Start session" above.',
      kill: 'Press Enter. The app is killed as soon as it has answered Slack.',
      stranger: "You're Eve now, who has no Devin account. Press Enter.",
    },
  },
  top: {
    sandbox: 'Sandbox',
    gone: 'The sandbox is gone. Waiting for it…',
    person: 'Switch person',
    youAre: 'Switch person. You are ',
    useAs: 'Use Slack as',
  },
  people: {
    admin: 'Workspace admin, has a Devin account',
    member: 'Has a Devin account',
    stranger: 'Has no Devin account',
    guest: 'Guest in this workspace',
    outsider: 'In another organization',
  },
  sidebar: {
    label: 'Conversations',
    channels: 'Channels',
    direct: 'Direct messages',
    apps: 'Apps',
    private: ' (private)',
    shared: ' (shared)',
  },
  conversation: {
    none: 'There is no conversation that this person can read.',
    members: (count: number) => `${count} members`,
    withoutApp: (app: string) => `${app} is not in this channel`,
    shared: 'Shared with another organization',
    about: 'About this conversation',
    views: 'Views of the app',
    home: 'Home',
    messages: 'Messages',
    noHome: 'The app has published no Home for this person.',
    empty: 'Nothing has been said here yet.',
    thread: 'Thread',
    threadMessages: 'Messages of the thread',
    closeThread: 'Close the thread',
  },
  message: {
    onlyYou: 'Only visible to you',
    app: 'APP',
    replies: (count: number) => (count === 1 ? '1 reply' : `${count} replies`),
    actions: (author: string) => `Actions on the message of ${author}`,
    waiting: 'Waiting for the app',
    replyInThread: 'Reply in thread',
    more: 'More actions',
    shortcuts: 'Message shortcuts',
    reactions: 'Reactions',
    reacted: (who: string, emoji: string) => `${who} reacted with ${emoji}`,
    table: 'Table',
    privateChannel: 'private-channel',
  },
  composer: {
    to: (place: string) => `Message ${place}`,
    reply: 'Reply…',
    keys: 'Enter to send, Shift + Enter for a new line',
    waiting: ' Waiting for the app…',
    send: 'Send',
    noCommand: (name: string) =>
      `${name} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
    notInThreads: (name: string) => `${name} is not supported in threads. Sorry!`,
    failed: (name: string, failure: string) => `${name} failed with the error "${failure}"`,
  },
  form: {
    optional: ' (optional)',
    choice: 'Choice',
    chosen: 'Chosen',
    select: 'Select an option',
    remove: (label: string) => `Remove ${label}`,
    more: 'More',
    trouble: 'We had some trouble connecting. Try again?',
  },
  dialogs: {
    close: 'Close',
    back: 'Back',
    content: 'Content',
    leaves: 'This link leaves the sandbox',
    leaving:
      'Slack would open this address. Sessions and pull requests of the sandbox are made up, so there may be nothing there.',
    stay: 'Stay here',
    newTab: 'Open in a new tab',
  },
  ...controls,
  problems: {
    gone: 'The sandbox does not answer. Is it still running?',
    notUnderstood: 'The sandbox gave an answer that this page does not understand.',
  },
};
