/** The list of messages and files that Devin gets with a task. */
export const review = {
  title: 'What Devin gets',
  submit: 'Save',
  close: 'Cancel',
  loading: 'Reading the conversation…',
  unreadable:
    "This app can't read this conversation now, so Devin gets only the message you picked. Close this to go back to the form.",
  intro: "Untick what Devin shouldn't get. The rest is sent as background, not as instructions.",
  page: (page: number, pages: number): string => `Page ${page} of ${pages}`,
  earlier: 'Earlier messages',
  later: 'Later messages',
  send: 'Send',
  /** For screen readers, at a box. */
  picked: 'the message you picked',
  kinds: { member: 'member', guest: 'guest', external: 'outside your organization', app: 'app' },
  /** Authors without a name. */
  unnamed: { app: 'an app', person: 'an unknown person' },
  empty: '(no text)',
  cut: 'Shortened here; Devin gets all of it.',
  file: (name: string, author: string): string => `File ${name}, from ${author}`,
};
