/** The words of the controls beside the page. */
export type Controls = typeof controls;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const places = {
  create: 'Creating a session',
  list: 'Listing sessions',
  'read-messages': 'Reading messages',
  'send-message': 'Sending a message',
  members: 'Looking up a member',
  upload: 'Uploading a file',
  'chat.postMessage': 'Posting a message',
  'chat.update': 'Editing a message',
  'chat.postEphemeral': 'Posting a private notice',
  'views.open': 'Opening a form',
  'views.update': 'Updating a form',
  'users.info': 'Looking up a person',
  'conversations.replies': 'Reading a thread',
  'files.info': 'Reading a file',
};

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
  faults: {
    title: 'Break things',
    planned: (count: number) => `${count} planned`,
    places,
    kinds: {
      busy: 'gets a 429 (busy)',
      broken: 'gets a 500',
      lost: 'works, but the answer gets lost',
      silent: 'gets no answer',
    },
    sentence: (side: string, place: string, kind: string) => `${side}: ${place} ${kind}`,
    happened: (fault: string) => `${fault}. It happened.`,
    willHappen: (fault: string, count: number) => `${fault}, ${times(count)}`,
    strikes: 'Each strikes',
    howOften: 'How often',
    times,
    none: 'Nothing is planned.',
    clear: 'Let all go well again',
    what: (side: string) => `${side}: what`,
    how: (side: string) => `${side}: how`,
    plan: 'Plan it',
    planFor: (side: string) => `Plan it for ${side}`,
  },
  requests: {
    title: 'Requests',
    about: 'What the app sent to Slack and Devin, and Slack to the app. Tokens and secrets are masked.',
    show: 'Show requests of',
    all: 'All',
    from: (side: string) => `from ${side}`,
    to: (side: string) => `to ${side}`,
    noAnswer: 'no answer',
    sent: 'Sent',
    answered: 'Answered',
    of: (what: string, name: string) => `${what}: ${name}`,
    nothing: 'nothing',
  },
};
