/** In a session's thread. Names and texts come escaped. */
export const thread = {
  fromWebApp: "From Devin's web app:",
  /** A message to Devin that was not written in the thread. */
  replied: (name: string): string => `${name} replied to Devin:`,
  /** `name`: a code span. */
  fileInDevin: (name: string): string => `The file ${name} is in Devin.`,
  /** To the person who asked, once. `why`: a sentence; `link`: to the session. */
  trouble: (why: string, link: string): string =>
    `Devin's messages can't be posted in this session's thread. ${why} The session keeps running, and nothing is lost: Devin's messages appear, in order, once the thread accepts them again. ${link}`,
  /** To the author of a message that Devin did not get. */
  notDelivered: "Devin didn't get your message.",
  notSure: "Devin didn't confirm that it got your message.",
  sendAgain: 'Resend',
  openForm: 'Run again with this',
  unknown: "It isn't in the session so far. Check there before you send it again, or Devin may get it twice.",
  notStarted: "Its session wasn't started.",
  ended: 'This session is over and takes no more messages. You can start another one.',
  archived: "The session is archived, and Devin didn't take it out of the archive.",
  leftOut: 'Devin got your message without some of its files.',
  /** To a person who may not steer, once per thread, after the reason. */
  staysHere: "Your message stays here; Devin won't see it.",
  /** Once per person and thread. */
  mutedHere: "This thread is muted. Your message stays here; Devin won't see it. Type `unmute` to undo that.",
  /** Once per person and thread, with the button after it. */
  atRest: 'Devin is at rest, so your message stays here. To wake Devin, mention this app.',
  wakeWith: 'Wake Devin with this',
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
  /** The question is right below, or in the thread above. */
  asks: (mention: string): string => `${mention} Devin asks:`,
  answeredBy: (mention: string): string => `Answered by ${mention}`,
  answeredInDevin: 'Answered in Devin',
  /** Beside buttons for the answers that the question offers. */
  somethingElse: 'Something else',
  /** Label of a link. */
  thread: 'Thread',
  pullRequest: (where: string): string => `Opened ${where}`,
  foundLate: (mention: string): string => `${mention} This session did start; Devin just confirmed late.`,
  duplicate: (mention: string, title: string): string =>
    `${mention} ${title} has two sessions: the first attempt started, too. Both are billed.`,
  /** `link`: to the first one. */
  stopEither: (link: string): string =>
    `This card follows the second one. Stop the one you don't need. The first one: ${link}`,
  result: 'Result:',
  restInDevin: 'The rest is in Devin.',
};

/** Acting on a session from its card or by a command. */
export const steering = {
  /** `who`: a mention of the session's owner; null: nobody in Slack, or the reader. */
  requesterOnly: (who: string | null): string =>
    who === null
      ? "Only the session's owner in Devin can do that. Nothing was done."
      : `Only ${who} can do that. Nothing was done. Ask them, or a Devin admin, who can do it in Devin.`,
  /** `why`: a sentence about who they are; null: it is not known. */
  membersOnly: (who: string | null, why: string | null): string =>
    `Nothing was done. ${why ?? "Only members of the Devin organization can do that, and you aren't one of them. Ask a Devin admin to invite you."}${who === null ? '' : ` Until then, you can ask ${who}.`}`,
  notLookedUp:
    "This app can't check who you are in Devin right now, so nothing was sent there. Try again in a minute. If it happens again, tell an app admin.",
  notInConversation:
    "This session belongs to a conversation you aren't in, so nothing was done or shown. Ask someone there to add you, or open the session in Devin.",
  /** `session`: its title, or words in its place; `how`: its status and when. Escaped. */
  already: (session: string, how: string): string => `Nothing was done. ${session}: ${how}.`,
  /** Its database was lost, or restored from before the request. */
  unknown:
    "This app doesn't know this request. Nothing was done. If the app has just started, try again in a few minutes. If that doesn't help, open the session in Devin.",
  /** `session`: its title, linked. */
  notDone: (session: string, what: string): string => `${session} isn't ${what}.`,
  /** Devin's answer was lost, and the app still looks whether it was done. */
  lost: (session: string, what: string): string =>
    `Devin didn't confirm that ${session} is ${what}. If its card doesn't say so in a minute, open the session in Devin before you try again.`,
  done: (session: string, what: string): string => `${session} is ${what}.`,
  acts: { stop: 'stopped', archive: 'archived', sleep: 'asleep' },
  sentAlready:
    "It's too late to cancel: the request was already sent to Devin. If its card shows a session, use Stop there to end it.",
  followNeedsAccount:
    'To follow a session, you need a Devin account that matches your Slack account. Ask a Devin admin to invite your work email address, or a workspace admin to link you.',
  followed: 'This session already has a card in Slack.',
  slackUnavailable: "Slack didn't answer as expected, so nothing was done. Try again in a minute.",
  linking: {
    notYourself: "You can't link yourself. Ask another workspace admin. Nothing was changed.",
    notAMember:
      'Only full members of this workspace can be linked, not guests, apps or people from other workspaces. Nothing was changed.',
    unknownInDevin: (id: string): string =>
      `Your Devin organization has no member with the id ${id}. Check the id in Devin Settings > Members. To use email addresses, ask an app admin to list them in the identity file. Nothing was changed.`,
    /** `owner`: who has that address in Slack, with a mention. */
    addressOfAnother: (name: string, owner: string): string =>
      `The email address of ${name} in Devin belongs to ${owner} in Slack. Nothing was changed.`,
    linkedToAnother: (name: string, other: string): string =>
      `${other} is linked to ${name} in Devin already. Unlink them first. If both should share that account, ask an app admin to list them in the identity file. Nothing was changed.`,
    done: (mention: string, name: string): string =>
      `${mention} is now linked to ${name} in Devin. Their sessions run as that member.`,
    /** Also if there was no link: an admin may ask again after a lost answer. */
    removed: (mention: string): string =>
      `${mention} isn't linked to anyone now. Their email address decides who they are in Devin.`,
    /** To the person it is about. `by`: the workspace admin, with a mention. */
    toPerson: {
      done: (by: string, name: string): string =>
        `${by} linked you to ${name} in Devin, so your sessions run as that member. If that's wrong, tell a workspace admin.`,
      removed: (by: string): string =>
        `${by} removed your link to a member of the Devin organization. Your email address decides who you are in Devin.`,
    },
  },
  /** Asked before the end of a session. */
  askStop: {
    title: 'Stop this session',
    /** `title`: the session's, escaped. */
    text: (title: string): string =>
      `${title}\nThis is final: a stopped session can't be woken. Pushed work stays.`,
    confirm: 'Stop',
    deny: 'Keep running',
  },
  /** After a press of an option of a question. */
  optionTooLate: 'Devin is no longer waiting for this answer. To say it anyway, reply in the thread.',
  box: {
    title: 'Message to Devin',
    label: 'Message',
    hint: "Sent as you and shown in the session's thread. You'll hear privately if Devin doesn't get it.",
    submit: 'Send',
    empty: 'Add a message.',
    /** Private, instead of the box. */
    none: 'No session was started for this request yet. Its card shows once it has started.',
  },
};

/** Sub-commands on sessions. Ids come as code spans, titles escaped. */
export const sessions = {
  /** `follow`: a command in a code span. */
  unknown: (id: string, follow: string): string =>
    `No session ${id} here. Check the id or the link. If it was started outside Slack, bring it here with ${follow}.`,
  /** Also in the Home, and on a button. */
  mine: 'Your sessions',
  all: "Everyone's sessions",
  /** `command`: in a code span. */
  none: (command: string): string => `No sessions yet. To start one, type ${command} and a task.`,
  /** In place of a title, for people who aren't in that conversation. */
  concealed: 'A session in a private conversation',
  /** Over a list of sessions with a button each. */
  pick: 'Which session?',
  pickNone: 'None of your sessions takes that.',
  pickOther: (usage: string): string => `For another session, type ${usage}.`,
  say: (title: string): string => `Sending to ${title}. If Devin doesn't get it, you'll see that here.`,
};
