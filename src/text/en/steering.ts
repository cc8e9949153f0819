/** Acting on a session from its card or by a command. */
export const steering = {
  /** `who`: whose session it is, with a mention; null: nobody in Slack, or the person who asks. */
  requesterOnly: (who: string | null): string =>
    `Only ${who ?? 'its owner in Devin'} can do that here, because it is their session. Nothing was done.${who === null ? '' : ' Ask them, or start a session of your own.'}`,
  /** `why`: a sentence about who they are; null: it is not known. */
  membersOnly: (who: string | null, why: string | null): string =>
    `Nothing was done. ${why ?? "Only members of the Devin organization can do that, and you aren't one of them. Ask a Devin admin to invite you."}${who === null ? '' : ` For this session you can ask ${who}.`}`,
  notLookedUp: "This app couldn't check who you are just now, so nothing was done. Try again in a minute.",
  notInConversation:
    "This session's thread is in a conversation you aren't in, so you can't write to it from here. Nothing was sent. Open the session in Devin to write to it.",
  notYoursToRead:
    "That session was started in a conversation you aren't in, so it isn't shown to you. Ask someone there to add you.",
  /** Pressed on an older message. */
  over: 'This session is over and takes no more messages, so nothing was sent. You can start another one.',
  outsider:
    'Only people in the workspace this app is installed in may do that, and you belong to another one. Nothing was done. Ask somebody in that workspace.',
  notDone: {
    stop: 'The session was not stopped.',
    archive: 'The session was not archived.',
    sleep: 'The session was not put to sleep.',
    follow: 'The session was not brought here.',
  },
  done: {
    stop: 'The session is stopped.',
    archive: 'The session is archived.',
    sleep: 'The session sleeps.',
  },
  sentAlready:
    'It has already been sent to Devin, so it can no longer be cancelled. Once its card shows Stop, that ends it.',
  followNeedsAccount:
    'To follow a session, you need a Devin account that matches your Slack account. Ask a Devin admin to invite your work e-mail address, or an app admin to link you.',
  followed: 'Its card is in Slack, and it is followed there.',
  followedElsewhere:
    'This session already has its card elsewhere in Slack and is followed there, so it was not brought here too.',
  noPlace:
    'Slack accepted the card neither in this conversation nor as a direct message, so the session is not shown here. Ask whoever runs this app to check its permissions in Slack.',
  slackUnavailable: 'Slack did not answer this app as it should, so nothing was done. Try again in a minute.',
  linking: {
    adminsOnly:
      'Only administrators of this Slack workspace can link people to Devin accounts. Nothing was changed.',
    notYourself:
      'You cannot link yourself: ask another administrator of this Slack workspace. Nothing was changed.',
    notAMember:
      'Only full members of this Slack workspace can be linked, not guests, apps or people from other workspaces. Nothing was changed.',
    unknownInDevin: (id: string): string =>
      `The Devin organization has no member ${id}. Check the id in Devin Settings > Members. Nothing was changed.`,
    /** `owner`: who has that address in Slack, with a mention. */
    addressOfAnother: (name: string, owner: string): string =>
      `The e-mail address of ${name} in Devin belongs to ${owner} in Slack. Nothing was changed.`,
    done: (mention: string, name: string): string =>
      `${mention} is ${name} in Devin from now on; sessions they ask for run as that member.`,
    removed: (mention: string): string =>
      `${mention} is no longer linked. Their e-mail address decides who they are in Devin.`,
    notLinked: (mention: string): string => `${mention} was not linked to anyone. Nothing was changed.`,
    /** To the person it is about. `by`: the administrator, with a mention. */
    toPerson: {
      done: (by: string, name: string): string =>
        `${by} linked you to ${name} in Devin: the sessions you ask for run as that member. If that is wrong, tell an administrator of this workspace.`,
      removed: (by: string): string =>
        `${by} removed the link between you and a member of the Devin organization. Your e-mail address decides who you are in Devin.`,
    },
  },
  box: {
    titles: { reply: 'Reply to Devin', answer: 'Answer Devin', wake: 'Wake Devin' },
    label: 'Message',
    hint: 'Goes to the session as you, and the others in its thread see it. If it cannot reach Devin, you will be told privately.',
    tooLate:
      'Devin is not waiting for an answer any more: it got one, or went on without. What you write here still reaches it.',
    saidLast: 'The last thing Devin said:',
    submit: 'Send',
    close: 'Cancel',
    empty: 'Write what Devin should read.',
    gone: 'This session is no longer known here. Copy your message before you close this.',
    notRecorded: 'Your message could not be saved. Try again in a minute.',
  },
};
