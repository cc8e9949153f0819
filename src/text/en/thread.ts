/** In a session's thread. What is shown of names and texts comes escaped. */
export const thread = {
  fromWebApp: "Written in Devin's web app:",
  /** What somebody said to Devin outside the thread. */
  saidVia: {
    box: (mention: string): string => `${mention}, using the Reply button:`,
    command: (mention: string): string => `${mention}, using a command:`,
  },
  longMessage: 'This is the beginning of a long message; all of it is in the file below.',
  cut: 'The rest of this message is in Devin.',
  openInDevin: 'Open in Devin',
  /** `name`: a code span. */
  fileInDevin: (name: string): string => `The file ${name} could not be put here. It is in Devin.`,
  notShown: 'Devin said something that Slack does not accept as a message. It is in Devin.',
  /** To the person who asked, once. `why`: a sentence; `link`: to the session. */
  trouble: (why: string, link: string): string =>
    `What Devin says cannot be posted in its thread at present. ${why} The session goes on, and nothing is lost: as soon as the thread accepts messages again, they are posted there, in order. ${link}`,
  /** By Slack's code. */
  troubleBecause: {
    not_in_channel:
      'This app was removed from the channel. To let it continue, type `/invite @Devin Sessions` in the channel.',
    channel_not_found:
      'This app was removed from the conversation. To let it continue, type `/invite @Devin Sessions` there.',
    is_archived: 'The channel is archived.',
    thread_not_found: 'The message that the thread was under was deleted.',
    message_not_found: 'The message that the thread was under was deleted.',
  },
  troubleOther: (code: string): string => `Slack does not let this app post there (${code}).`,
  /** To the author of a message that Devin did not get. */
  notDelivered: 'Devin did not get your message.',
  notStarted:
    'Devin does not hear this thread: the session has not started yet. When the card says that it has, say it again.',
  notSure: 'It is not certain that Devin got your message.',
  yourMessage: 'Your message:',
  sendAgain: 'Send again',
  startAgain: 'Start again with this',
  unknown:
    "Devin's answer got lost, and your message was not found in the session. Look there first: if it is sent again, it may be there twice.",
  ended: 'The session is over and takes no more messages. You can start another one with your message.',
  gone: (reason: string | null): string =>
    `Devin no longer knows the session: it was deleted, or this app may no longer see it.${reason === null ? '' : ` Devin says: ${reason}`}`,
  gaveUp: 'Devin was busy or could not be reached for an hour.',
  leftOut: 'Not all of your message reached Devin.',
  /** To somebody who may not steer, once per thread. */
  membersSteer: "Only Devin members can steer this session. Your message stays here; Devin won't see it.",
  requesterSteers: (mention: string): string =>
    `Only ${mention} can steer this session. Your message stays here; Devin won't see it.`,
  /** Once per person and thread. */
  mutedHere: "This thread is muted. Your message stays here; Devin won't see it. `unmute` ends that.",
  askStop: 'Stop this session for good? It cannot be resumed. `sleep` only pauses it.',
  /** What a word in the thread did. */
  done: {
    mute: 'Muted: what is written in this thread no longer goes to Devin. What Devin says still appears here. `unmute` ends that.',
    unmute: 'No longer muted: what is written in this thread goes to Devin again.',
    unsync:
      'This thread is no longer tied to the session: nothing goes to Devin, and what Devin says does not appear here. The session goes on in Devin. `sync` ties it again.',
    sync: 'This thread is tied to the session again: what is written here goes to Devin, and what Devin says from now on appears here.',
  },
  /** Once it is tied again. */
  leftOutMeanwhile: (count: number): string =>
    count === 1
      ? 'While this thread was not tied to the session, 1 message or file was left out here. It is in Devin.'
      : `While this thread was not tied to the session, ${count} messages and files were left out here. They are in Devin.`,
  newNeedsTask: 'After `!new`, write what the new session should do.',
  helpTitle: 'In this thread',
  help: [
    'Under a session card, what members write goes to Devin as them, files too. In a thread that people began, it is what the requester writes, and messages that mention this app. Messages that mention only other people stay here.',
    ':eyes: means taken, :white_check_mark: means Devin has it. An edit goes as a correction.',
    '`(aside)` at the beginning, or `!aside` anywhere: that message is not for Devin.',
    '`mute`: nothing more goes to Devin. `unmute`: it does again.',
    '`sleep`: puts the session to sleep. `archive`: archives it, too. `stop`: asks whether to end it for good; `exit` ends it at once.',
    '`unsync`, `sync`: unties this thread from the session, and ties it again.',
    '`!new` and a task, with the flags of the command: starts another session in this thread.',
    '`help`: this list.',
    'All but the first and `!new` stand alone in a message; a mention of this app before them does no harm.',
  ],
};

/** What is worth a message. Mentions, titles and words of Devin come escaped. */
export const milestones = {
  asks: (mention: string): string => `${mention} Devin asks:`,
  /** The question is in the thread, right above. */
  asksAbove: (mention: string): string => `${mention} Devin asks ↑`,
  asksSomething: (mention: string): string =>
    `${mention} Devin needs an answer. Open the session to see the question.`,
  /** `when`: a time of day. */
  answeredBy: (mention: string, when: string): string => `Answered by ${mention} · ${when}`,
  answeredInDevin: (when: string): string => `Answered in Devin · ${when}`,
  /** Label of a link. */
  thread: 'the thread',
  approval: (mention: string, title: string): string =>
    `${mention} Devin is waiting for an approval in ${title}. Open the session to give it.`,
  pullRequest: (where: string): string => `Opened ${where}`,
  finished: (mention: string): string => `${mention} Finished`,
  failed: (mention: string, title: string): string => `${mention} ${title} failed.`,
  whatNow: 'Open the session to see what happened, or run it again with changes.',
  capped: (mention: string, title: string): string => `${mention} ${title} reached a limit.`,
  cappedAt: (mention: string, title: string, acus: string): string =>
    `${mention} ${title} reached its ${acus} ACU cap.`,
  foundLate: (mention: string, title: string): string =>
    `${mention} ${title} did start; Devin just confirmed late.`,
  goesOn: 'Its card is up to date and followed here.',
  twice: (mention: string, title: string): string =>
    `${mention} ${title} has two sessions: the first attempt started, too. Both are billed.`,
  /** Labels of links. */
  followed: 'the session of this card',
  unseen: 'the first attempt',
  /** `follow`: a command in a code span. */
  stopEither: (followed: string, unseen: string, follow: string): string =>
    `They are ${followed} and ${unseen}. Stop the one you don't need: the first with the card's Stop, the other in Devin, or here after ${follow}.`,
  result: 'Result:',
  resultCut: 'The whole result is in Devin.',
  resultInFile: 'The whole result is in the file above.',
  restInDevin: 'The rest of it is in Devin.',
};
