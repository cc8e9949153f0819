/** In a session's thread. Names and texts come escaped. */
export const thread = {
  fromWebApp: "From Devin's web app:",
  /** A message to Devin that was not written in the thread. */
  replied: (name: string): string => `${name} replied to Devin:`,
  longMessage: 'This message is long. The full text is in the file below.',
  /** `name`: a code span. */
  fileInDevin: (name: string): string => `The file ${name} couldn't be posted here.`,
  /** To the person who asked, once. `why`: a sentence; `link`: to the session. */
  trouble: (why: string, link: string): string =>
    `Devin's messages can't be posted in this session's thread. ${why} The session keeps running, and nothing is lost: Devin's messages appear, in order, once the thread accepts them again. ${link}`,
  /** To the author of a message that Devin did not get. */
  notDelivered: "Devin didn't get your message.",
  notSure: "Devin didn't confirm that it got your message.",
  yourMessage: 'Your message:',
  sendAgain: 'Resend',
  startAgain: 'Run again with this',
  unknown: "It isn't in the session so far. Check there before you send it again, or Devin may get it twice.",
  notStarted: "Its session wasn't started.",
  ended: 'The session is over and takes no more messages. You can start another one with your message.',
  archived: (reason: string | null): string =>
    `The session is archived, and Devin didn't take it out of the archive.${reason === null ? '' : ` Devin says: ${reason}`}`,
  gone: (reason: string | null): string =>
    `Devin can't find the session: it was deleted, or this app lost access to it.${reason === null ? '' : ` Devin says: ${reason}`}`,
  gaveUpOnSlack: "For an hour, Slack didn't tell this app who wrote it.",
  gaveUp: "Devin was busy or couldn't be reached for an hour.",
  leftOut: 'Devin got your message without some of its files.',
  /** To a person who may not steer, once per thread. After the reason, if it's another one. */
  staysHere: "Your message stays here; Devin won't see it.",
  membersSteer: "Only Devin members can steer this session. Your message stays here; Devin won't see it.",
  requesterSteers: (mention: string): string =>
    `Only ${mention} can steer this session. Your message stays here; Devin won't see it.`,
  /** Once per person and thread. */
  notTaken: {
    muted: "This thread is muted. Your message stays here; Devin won't see it. Type `unmute` to undo that.",
  },
  sendHeld: 'Send to Devin',
  /** Once per person and thread, with the button after it. */
  atRest: 'Devin is at rest, so your message stays here. To wake Devin, mention this app.',
  wakeWith: 'Wake Devin with this',
  /** Pressed after that. */
  heldDeleted: "Your message was deleted, so it wasn't sent to Devin.",
  /** After `stop` or `exit`. */
  askStop: "Stop this session for good? It can't be resumed. To pause it instead, type `sleep`.",
  helpTitle: 'In this thread',
  help: [
    "Under a session's card, members' messages go to Devin, each as its author. In a thread that people started, the requester's do, and others' that mention this app.",
    "What begins with another person's name or with `(aside)` stays here. While Devin is at rest, only a mention of this app, Reply or Wake wakes it.",
    ':eyes: means received, :white_check_mark: means Devin has it. If you edit your message, Devin gets the correction.',
    '`mute`, `unmute`: keep messages here, or send them again. `sleep`, `archive`: put the session to sleep. `stop`, `exit`: end it for good, after you confirm. `help`: show this.',
    '`!new` and a task: start another session in this thread.',
  ],
};

/** What is worth a message. Mentions, titles and words of Devin come escaped. */
export const milestones = {
  /** The requester left Slack, and nobody took their place. */
  forName: (name: string): string => `For ${name}, who left Slack:`,
  formerMember: 'a person',
  asks: (mention: string): string => `${mention} Devin asks:`,
  /** The question is in the thread, right above. */
  asksAbove: (mention: string): string => `${mention} Devin asks ↑`,
  asksSomething: (mention: string): string =>
    `${mention} Devin needs an answer. Open the session to see the question.`,
  answeredBy: (mention: string): string => `Answered by ${mention}`,
  answeredInDevin: 'Answered in Devin',
  /** Beside buttons for the answers that the question offers. */
  somethingElse: 'Something else',
  /** Label of a link. */
  thread: 'Thread',
  /** Beside the session's name, to a person who left its conversation. */
  outside: "You're no longer in its conversation",
  pullRequest: (where: string): string => `Opened ${where}`,
  changedSince: 'This has changed since. See its card.',
  foundLate: (mention: string, title: string): string =>
    `${mention} ${title} did start; Devin just confirmed late.`,
  duplicate: (mention: string, title: string): string =>
    `${mention} ${title} has two sessions: the first attempt started, too. Both are billed.`,
  /** `link`: to the first attempt. */
  firstAttempt: 'the first attempt',
  stopEither: (link: string): string =>
    `This card follows the second one. Stop the one you don't need: ${link} can be stopped in Devin.`,
  result: 'Result:',
  restInDevin: 'The rest is in Devin.',
};
