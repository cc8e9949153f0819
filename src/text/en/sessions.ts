/** Sub-commands on sessions. Ids come as code spans, titles escaped. */
export const sessions = {
  /** `follow`: a command in a code span. */
  unknown: (id: string, follow: string): string =>
    `No session ${id} here. Check the id or the link. If it was started outside Slack, bring it here with ${follow}.`,
  mine: 'Your sessions',
  all: "Everyone's sessions",
  nextPage: (typed: string): string => `More: ${typed}`,
  /** `command`: in a code span. */
  none: (command: string): string => `No sessions yet. To start one, type ${command} and a task.`,
  /** In place of a title, for people who aren't in that conversation. */
  concealed: 'A session in a private conversation',
  /** Over a list of sessions with a button each. */
  pick: 'Which session?',
  pickNone: 'None of your sessions takes that.',
  pickOther: (usage: string): string => `For another session, type ${usage}.`,
  cancel: "Canceling that request. If it's too late, you'll see that here.",
  say: (title: string): string => `Sending to ${title}. If Devin doesn't get it, you'll see that here.`,
};
