type Reached = { allowed: number; count: number };

/** Private notices. */
export const notices = {
  nothingStarted: 'Nothing was started.',
  typed: 'What you typed:',
  /** The rest of a long text is in the form. */
  typedCut: 'The rest is in the form.',
  options: (words: string): string => `With ${words}`,
  openForm: 'Open in a form',
  /** What Slack did not say that it opened. */
  unopened: {
    form: {
      title: 'The form may not have opened.',
      problem: 'Slack gave no answer that says so. Nothing was started; if there is no form, open it here.',
    },
    details: {
      title: 'The details may not have opened.',
      problem: 'Slack gave no answer that says so. If they are not there, open them here.',
    },
    box: {
      title: 'The box for your message may not have opened.',
      problem: 'Slack gave no answer that says so. Nothing was sent; if there is no box, open it here.',
    },
  },
  /** To a person who asks for a session where one is at work. */
  running: {
    title: 'Already running here',
    why: 'Nothing new was started: a session for this is in progress.',
    session: 'Open the session',
    reply: 'Reply there',
    start: 'Start another',
  },
  /** To the author of a message that may be a task. */
  offer: {
    title: 'Start a Devin session with your message?',
    start: 'Start',
    edit: 'Edit first',
  },
  notYourButton: (userId: string): string =>
    `Only <@${userId}>, who asked for this session, can press that button, because it may cost money. Nothing was done. You can open the details, or start a session of your own.`,
  cardElsewhere: (why: string): string => `${why} Your session's card is in your DMs.`,
  noCard: 'Session started. Slack accepts its card neither in that conversation nor in your DMs.',
  openCard: 'Open the card',
  /** By Slack's code. */
  elsewhereBecause: {
    /** Our own: nothing is posted in a conversation for a person who is not in it. */
    person_not_in_conversation: "You aren't in the conversation where you asked anymore.",
    not_in_channel:
      'This app is not in this channel, so it cannot post there. To have the card in the channel next time, type `/invite @Devin Sessions` there.',
    channel_not_found:
      'This app is not in this conversation, so it cannot post there. To have the card in a private channel next time, type `/invite @Devin Sessions` there; apps cannot join a direct message between people.',
    is_archived: 'This channel is archived, so nothing can be posted there.',
    restricted_action:
      'Posting in this channel is restricted. Ask an administrator of the channel to let this app post there.',
  },
  elsewhereOther: (code: string): string =>
    code === ''
      ? 'Slack did not accept the card in that conversation.'
      : `Slack did not accept the card in that conversation (${code}).`,
  /** How it was established who a session runs as. */
  matchedBy: {
    administrator: 'Linked by an administrator.',
    email: 'Matched by the e-mail address of the Slack account.',
    session: 'Devin names this member for the session.',
  },
  serviceUser: {
    off: "Runs as the organization's service user: this app is set up that way for everybody.",
    noMatch: {
      unknown:
        "Runs as the organization's service user: no member of the Devin organization has the requester's e-mail address.",
      ambiguous:
        "Runs as the organization's service user: more than one member of the Devin organization has the requester's e-mail address.",
      external: "Runs as the organization's service user: the requester belongs to another workspace.",
      guest: "Runs as the organization's service user: the requester is a guest in this workspace.",
      bot: "Runs as the organization's service user: the requester is an app, not a person.",
      deactivated: "Runs as the organization's service user: the requester's Slack account is deactivated.",
      'no-email':
        "Runs as the organization's service user: Slack gives no confirmed e-mail address for the requester.",
      'lookup-forbidden':
        "Runs as the organization's service user: this app may not look up members in Devin (permission ViewOrgMembership).",
    },
  },
  /** Why somebody cannot start a session: what happened, why, what to do next. Plain text. */
  identity: {
    unknown: (maskedEmail: string | null): string =>
      maskedEmail === null
        ? 'The Devin account your Slack account is linked to is not in the Devin organization. Ask a Devin administrator to invite it again, or whoever runs this app to correct the link.'
        : `Devin does not know you as ${maskedEmail}. The e-mail address of your Slack account was looked for among the members of the Devin organization, invited directly or through single sign-on, and is not there. Ask a Devin administrator to invite you with that address, or whoever runs this app to link your Slack account to your Devin account.`,
    ambiguous: (maskedEmail: string | null): string =>
      `More than one member of the Devin organization has the e-mail address of your Slack account${maskedEmail === null ? '' : ` (${maskedEmail})`}, so it is not certain which one you are. Ask whoever runs this app to link your Slack account to the right one.`,
    external: (_maskedEmail: string | null): string =>
      'You belong to another Slack workspace, and sessions can be started and steered only by members of the workspace this app is installed in. Ask somebody there.',
    guest: (_maskedEmail: string | null): string =>
      'You are a guest in this workspace, and guests can neither start sessions nor steer them. Ask a full member to do it, or an administrator of the workspace to make you one.',
    bot: (_maskedEmail: string | null): string =>
      'An app asked for this session, and sessions run as a person. Ask a member of the workspace to start it.',
    deactivated: (_maskedEmail: string | null): string =>
      'Your Slack account is deactivated, so it can neither start sessions nor steer them. Ask an administrator of the workspace.',
    'no-email': (_maskedEmail: string | null): string =>
      "Slack gives this app no confirmed e-mail address for you, so you cannot be found in Devin. Confirm the address in your Slack account's settings; if it is confirmed, ask whoever runs this app to check its permission users:read.email or to link your accounts.",
    'lookup-forbidden': (_maskedEmail: string | null): string =>
      'This app may not look up members in Devin, so it cannot tell who you are there. Ask a Devin administrator to give the permission ViewOrgMembership to its service user (Devin Settings > Service users), or whoever runs this app to link your accounts.',
  },
  /** The person has as much open, or started as much, as one may. `count`: what counts now. */
  limits: {
    openSessions: ({ allowed, count }: Reached): string =>
      `You have ${count === 1 ? '1 open session' : `${count} open sessions`}, and this app allows ${allowed} at a time for each person. Stop one or let it finish, then try again. The person who runs this app can raise the limit (LIMIT_OPEN_SESSIONS).`,
    startsPerHour: ({ allowed, count }: Reached): string =>
      `You started ${count === 1 ? '1 session' : `${count} sessions`} in the last hour, and this app allows ${allowed} an hour for each person. Try again later. The person who runs this app can raise the limit (LIMIT_STARTS_PER_HOUR).`,
  },
  /** What did not go along, and why. `name` is a file's, but for `thread-unreadable`: there Slack's code. */
  leftOut: {
    'too-large': (name: string): string =>
      `The file ${name} was left out: it is too large. Put it where Devin can reach it and say where in the task.`,
    'sign-in-page': (name: string): string =>
      `The file ${name} was left out: Slack did not let this app download it. Ask whoever runs this app to check its permission files:read.`,
    unreadable: (name: string): string =>
      `The file ${name} was left out: Slack does not give this app its content. It may have been deleted, be kept outside Slack, or be in a conversation this app is not in.`,
    'no-permission': (name: string): string =>
      `The file ${name} was left out: the service user lacks the permission UseDevinSessions in Devin, which is needed to hand over files.`,
    refused: (name: string): string =>
      `The file ${name} was left out: Devin did not accept it. Another format, or a link to it, may work.`,
    'too-many': (name: string): string =>
      `The file ${name} was left out: there were too many files. Ask with fewer, or put them into one archive.`,
    'thread-too-long': (count: string): string =>
      `The thread is very long: Devin got its first message and those around the one you picked, without ${count} others.`,
    'thread-unreadable': (code: string): string =>
      `Devin got only the message you picked: this app couldn't read the thread (${code}). If the app isn't in the conversation, type \`/invite @Devin Sessions\` there to include the thread next time.`,
    'thread-not-theirs': (_name: string): string =>
      "Devin got only the message you picked: you aren't in that conversation anymore, so the rest of the thread was left out.",
  },
};
