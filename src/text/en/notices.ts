/** `account` and `other`, who else in Slack has it, are of the identity file. */
type Refused = { maskedEmail: string | null; account: string; other: string };

type Reached = { allowed: number; count: number };

/** Private notices. */
export const notices = {
  nothingStarted: 'Nothing was started.',
  /** An attempt that Devin didn't confirm was followed by one that was refused, or ended before it was sent. */
  notSentAgain: 'Not sent again. The first attempt may still have started a session.',
  taskDeleted: "The task of this request was deleted, so it can't be started again. Type your task again.",
  typed: 'What you typed:',
  openForm: 'Open the form',
  /** `title`: of a form, a dialog or Details. Escaped. */
  notOpened: (title: string): string => `If "${title}" didn't open, open it here:`,
  /** To a person who asks for what was asked for here before. Its session may not have started yet, or have finished. */
  running: {
    title: 'You started this a minute ago.',
    reply: 'Reply there',
    start: 'Start another',
  },
  /** While a session starts and has no card yet. */
  slow: 'Your session is being started. Its card will appear here.',
  cardElsewhere: (why: string): string => `${why} Your session's card is in your DMs.`,
  noCard:
    "The session exists, but Slack accepted its card neither here nor in a direct message. Ask an app admin to check this app's permissions in Slack.",
  openCard: 'Open the card',
  /** By Slack's code. */
  slackRefused: {
    /** Our own: nothing is posted in a conversation for a person who is not in it. */
    person_not_in_conversation: "You're no longer in that conversation.",
    not_in_channel: "This app isn't in that channel. To add it, type `/invite @Devin Sessions` there.",
    channel_not_found:
      "This app isn't in that conversation, or it was deleted. In a private channel, type `/invite @Devin Sessions`. Apps can't join direct messages between people.",
    is_archived: 'That channel is archived.',
    restricted_action:
      'Posting in that channel is restricted. Ask a channel manager to let this app post there.',
    thread_not_found: 'The message that started the thread was deleted.',
  },
  slackRefusedOther: (code: string): string => `Slack doesn't let this app post there (${code}).`,
  /** How the app knows who a session runs as. */
  matchedBy: {
    mapping: "Set in this app's identity file.",
    administrator: 'Linked by a workspace admin.',
    email: 'Matched by Slack email address.',
    session: 'Devin names this member as the owner.',
  },
  otherAccount: (account: string): string =>
    `Your email address in Slack changed, so your sessions now run as *${account}* in Devin. If that's wrong, ask a workspace admin to link you to the right account.`,
  serviceUser: {
    /** The reasons also appear where the service user is already named. */
    off: 'This app is set up that way for everyone.',
    noMatch: 'No member of the Devin organization was found for the requester.',
  },
  /** Why a person can't start a session: what happened, why, what to do next. Plain text. */
  identity: {
    unknown: ({ maskedEmail }: Refused): string =>
      maskedEmail === null
        ? "The Devin account you're linked to is no longer in the Devin organization. Ask a Devin admin to invite it again, or a workspace admin to link you to another one."
        : `No Devin account for ${maskedEmail}. Ask a Devin admin to invite that address, or a workspace admin to link you.`,
    ambiguous: ({ maskedEmail }: Refused): string =>
      `More than one Devin account has your email address${maskedEmail === null ? '' : ` (${maskedEmail})`}. Ask a workspace admin to link you to the right one.`,
    external: (): string =>
      'Only members of the Slack workspace that installed this app can start and steer sessions. Ask one of them.',
    guest: (): string =>
      "You're a guest in this workspace, and guests can't start or steer sessions. Ask a full member to do it, or a workspace admin to make you one.",
    'no-email': (): string =>
      "Slack has no confirmed email address for you, so this app can't find you in Devin. Confirm the address in your Slack account settings. If it's confirmed, ask an app admin to check the scope users:read.email, or a workspace admin to link you.",
    'mapping-unknown': ({ account }: Refused): string =>
      `The app's identity file says that you are ${account} in Devin, but Devin has no such account. Ask an app admin to correct the file.`,
    'mapping-conflict': ({ account, other }: Refused): string =>
      `By the app's identity file, you and ${other} would both be ${account} in Devin. Ask an app admin to correct the file.`,
    'lookup-forbidden': (): string =>
      "This app can't look up members in Devin, so it doesn't know who you are there. Ask a Devin admin to give its service user the permission ViewOrgMembership (Devin Settings > Service users).",
  },
  /** Of a playbook, note or secret. */
  notListed: (flag: string, value: string): string =>
    `Devin has nothing called "${value}" for ${flag}. Use its name, in quotes if it has spaces, or its id, or pick it in the form.`,
  /** The person reached a limit. `count`: what counts now. */
  limits: {
    openSessions: ({ allowed, count }: Reached): string =>
      `Your open sessions: ${count} of ${allowed} allowed. Stop one or let it finish, then try again. An app admin can raise the limit.`,
    startsPerHour: ({ allowed, count }: Reached): string =>
      `Your starts in the last hour: ${count} of ${allowed} allowed. Try again later. An app admin can raise the limit.`,
  },
  /** What was left out, and why. `name` is a file's. */
  leftOut: {
    'too-large': (name: string): string =>
      `The file ${name} was left out: it's too large. Put it somewhere Devin can reach, and link to it in the task.`,
    unreadable: (name: string): string =>
      `The file ${name} was left out: this app can't read it in Slack. It may have been deleted, be stored outside Slack, or be in a conversation this app isn't in.`,
    'no-permission': (name: string): string =>
      `The file ${name} was left out: this app's service user needs the permission UseDevinSessions in Devin to send files. Ask a Devin admin to add it.`,
    refused: (name: string): string =>
      `The file ${name} was left out: Devin refused it. Try another format, or a link to it.`,
    'too-many': (name: string): string =>
      `The file ${name} was left out: there are too many files. Send fewer, or put them in one archive.`,
    'thread-unreadable': (_name: string): string =>
      "Devin got only the message you picked: this app can't read the thread, or you're no longer in that conversation. If the app isn't in it, type `/invite @Devin Sessions` there to include the thread next time.",
  },
  /** When the app is invited to a channel, once. What can be typed comes as mrkdwn. */
  greeting: {
    what: 'This app starts Devin sessions from this channel, each in its own thread.',
    how: (command: string): string => `Type ${command}, or pick *Start a Devin session* in a message's menu.`,
    privacy: (help: string): string =>
      `It reads only session threads, messages that mention it, and what you send to Devin. More: ${help}.`,
  },
};

/** Devin's refusals and failures. */
export const devin = {
  /** 400, 409, 422. `reason`: in Devin's words. */
  refused: (reason: string | null): string =>
    reason === null ? "Devin refused it and didn't say why." : `Devin refused it: ${reason}`,
  /** 401. */
  unauthorized:
    "Devin doesn't accept this app's key: ask an app admin.\nIt's wrong, revoked or expired. A new one comes from Devin Settings > Service users, and goes into DEVIN_API_KEY.",
  /** 402. */
  paymentRequired: 'No credit left in Devin, or a payment failed: ask a Devin admin.',
  /** 403. */
  forbidden:
    "This app's service user may not do that in Devin: ask a Devin admin.\nCheck its role in Devin Settings > Service users; sessions that run as a person need ManageOrgSessions and ImpersonateOrgSessions.",
  /** 403 to a create. Devin may mean either of the two. */
  impersonation: [
    'Either side can be the reason. A Devin admin can check both:',
    '• The person who asked: a member of the Devin organization, with the permission UseDevinSessions.',
    "• This app's service user: with the permissions ManageOrgSessions and ImpersonateOrgSessions.",
  ].join('\n'),
  /** 404. */
  notFound:
    "Devin can't find this, or this app has no access to it.\nCheck the id or the link: it may belong to another organization or have been deleted.",
  /** 429, 5xx or no connection on something that is not queued, such as stopping a session. */
  notNow: "Devin is busy or can't be reached, so nothing was done. Try again in a minute.",
  /** Anything else. */
  unexpected: "Devin's answer was unexpected. Try again; if it keeps happening, tell an app admin.",
};
