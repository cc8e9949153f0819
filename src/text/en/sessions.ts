/** Sub-commands on sessions. Ids come as code spans, titles escaped. */
export const sessions = {
  unknown: (id: string): string =>
    `This app does not know the session ${id}. Check the id or the link; to bring in a session that was not started here, use \`follow\` and its id.`,
  mine: 'Your sessions',
  all: "Everybody's sessions",
  page: (page: number, pages: number): string => `Page ${page} of ${pages}`,
  nextPage: (typed: string): string => `More: ${typed}`,
  none: 'There are none yet. Type the command and a task to start one.',
  noPage: (pages: number): string => (pages === 1 ? 'There is only one page.' : `There are ${pages} pages.`),
  line: (parts: readonly string[]): string => parts.join(' · '),
  /** In place of a title, for those who are not there. */
  concealed: 'A session in a private conversation',
  stop: (title: string): string => `Stopping ${title}. You will be told here when it is done.`,
  archive: (title: string): string => `Archiving ${title}. You will be told here when it is done.`,
  say: (title: string): string => `On its way to ${title}. You will be told here if Devin does not get it.`,
  notify: (title: string, where: string): string => `You will hear about ${title} ${where}.`,
  notYoursToSay: (mention: string): string =>
    `Only ${mention}, who asked for that session, hears about it, so only they can say where. Nothing was changed.`,
  follow: 'Looking for that session in Devin. You will be told here where its card is.',
  link: 'Checking that with Slack and Devin. You will be told here when it is done.',
};
