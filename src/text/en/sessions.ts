/** Sub-commands on sessions. Ids come as code spans, titles escaped. */
export const sessions = {
  /** `follow`: a command in a code span. */
  unknown: (id: string, follow: string): string =>
    `This app doesn't know the session ${id}. Check the id or the link. If it was started outside Slack, bring it here with ${follow}.`,
  mine: 'Your sessions',
  all: "Everyone's sessions",
  page: (page: number, pages: number): string => `Page ${page} of ${pages}`,
  nextPage: (typed: string): string => `More: ${typed}`,
  /** `command`: in a code span. */
  none: (command: string): string => `No sessions yet. To start one, type ${command} and a task.`,
  noPage: (pages: number): string => (pages === 1 ? 'There is only one page.' : `There are ${pages} pages.`),
  /** In place of a title, for people who aren't in that conversation. */
  concealed: 'A session in a private conversation',
  /** `when`: a moment. */
  requested: (when: string): string => `requested ${when}`,
  /** It was started outside Slack. */
  followed: (when: string): string => `followed ${when}`,
  /** Over a list of sessions with a button each. */
  pick: {
    status: 'Which session?',
    stop: 'Which session do you want to stop?',
    archive: 'Which session do you want to archive?',
    say: 'Which session do you want to write to?',
  },
  pickNone: {
    status: 'You have no sessions yet.',
    stop: 'You have no session that can be stopped.',
    archive: 'You have no session that can be archived.',
    say: 'You have no session that takes messages.',
  },
  pickButton: { status: 'Show', stop: 'Stop', archive: 'Archive', say: 'Reply' },
  /** Below the list. `usage`: a command in a code span. */
  pickOther: (usage: string): string => `For any other session, type ${usage}.`,
  /** If the list is empty. */
  pickTheirs: (usage: string): string => `For someone else's session, type ${usage}.`,
  cancel: "Canceling that request. If it's too late, you'll see that here.",
  say: (title: string): string => `Sending to ${title}. If Devin doesn't get it, you'll see that here.`,
};
