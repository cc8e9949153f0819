/** The card in the channel or thread. */
export const card = {
  /** Each phase's word, shown beside its sign. `other` shows Devin's own word, if there is one. */
  phases: {
    queued: 'Queued',
    starting: 'Starting',
    working: 'Working',
    'needs-you': 'Needs you',
    'needs-approval': 'Waiting for approval',
    finished: 'Finished',
    asleep: 'Asleep',
    capped: 'Stopped at the cap',
    failed: 'Failed',
    unknown: 'Not confirmed',
    ended: 'Ended',
    gone: 'Ended',
  },
  /** In place of `failed` and `ended`, without a session. */
  notStarted: 'Not started',
  /** In place of `queued`, while it can still be canceled with a press. */
  held: 'Starting in 5 s',
  /** In place of `capped`, if it wasn't the session's own cap, such as a payment that was declined. */
  stopped: 'Stopped',
  /** What a phase means for the reader, by Devin's reason; `any` if that is missing or unknown. */
  meaning: {
    'needs-approval': {
      any: 'Open the session to approve or decline what Devin asks for.',
    },
    asleep: {
      inactivity: 'Nothing happened for a while. It costs nothing while asleep; a message wakes it.',
      user_request: 'Put to sleep by hand. It costs nothing while asleep; a message wakes it.',
      any: 'It costs nothing while asleep; a message wakes it.',
    },
    capped: {
      usage_limit_exceeded:
        'It reached its ACU cap. Run it again with a higher cap, or raise the cap in Devin.',
      user_usage_limit_exceeded:
        'The person it runs as reached their usage limit. Ask a Devin admin to raise it.',
      out_of_credits: 'Your organization has no credits left in Devin. Ask a Devin admin to add some.',
      payment_declined: 'A payment for Devin was declined. Ask a Devin admin to update it.',
      contract_expired: "Your organization's Devin contract has ended. Ask a Devin admin to renew it.",
      any: 'Your organization reached a limit in Devin. Ask a Devin admin to raise it.',
    },
    gone: {
      any: 'Devin can\'t find this session: it was deleted, or this app lost access to it. Ask a Devin admin. "Run again" still has your task.',
    },
    unknown: {
      any: "Devin didn't confirm. We'll keep checking for 24 hours. Starting again may create a second, billed session.",
    },
  },
  untitled: 'Devin session',
  headline: (title: string, status: string): string => `${title} – ${status}`,
  requestedBy: (mention: string): string => `for ${mention}`,
  as: (name: string): string => `as ${name}`,
  serviceUser: 'the service user',
  /** `short`: in place of one. */
  duration: {
    short: 'under 1 min',
    minutes: (minutes: number): string => `${minutes} min`,
    hours: (hours: number): string => `${hours} h`,
    days: (days: number): string => `${days} d`,
  },
  /** Beside for how long a request has waited. */
  waitsFor: {
    busy: 'Devin is busy',
    down: "Devin can't be reached",
    slack: "Slack doesn't let this app look people up",
    answer: "waiting for Devin's answer",
    looking: "Devin didn't confirm; checking whether it started",
  },
  /** `when`: a moment. */
  checked: (when: string): string => `Checked ${when}, still not found`,
  acuUsedOf: (used: string, limit: string): string => `${used} of ${limit} ACU`,
  nearCap: 'near its cap',
  mode: (mode: string): string => `${mode} mode`,
  /** Devin's words; others are shown as they are. */
  pullRequestStates: { open: 'open', merged: 'merged', closed: 'closed' },
  buttons: {
    review: 'Review PR',
    open: 'Open in Devin',
    details: 'Details',
    'try-again': 'Retry',
    'edit-and-try-again': 'Edit and retry',
    'start-now': 'Start now',
    'check-again': 'Check again',
    'start-anyway': 'Start anyway',
    reply: 'Reply',
    'ask-stop': 'Stop…',
    archive: 'Archive',
    'start-again': 'Run again',
    cancel: 'Cancel',
    mute: 'Mute thread',
    unmute: 'Unmute',
    'listen-thread': 'All replies go to Devin',
    'listen-mentions': 'Only mentions go to Devin',
  },
  endedBy: (mention: string): string => `Ended by ${mention}`,
  /** In its place, without a session. `name`: or a mention. */
  canceledBy: (name: string): string => `Canceled by ${name}`,
  archivedBy: (mention: string): string => `Archived by ${mention}`,
  answer: 'Answer',
  wake: 'Wake…',
  raiseCap: 'Run again with a higher cap',
  openToApprove: 'Open to approve',
  askAgain: 'Ask again',
  confirmStartAnyway:
    'The first attempt may be running even though we couldn\'t find it. Starting again may create a second, billed session. "Check again" starts nothing.',
  /** Another session is in the thread. */
  shared: {
    heard: 'Messages in this thread go to this session.',
    unheard: 'Messages in this thread go to another session.',
  },
  /** How its thread works, said once to each person. */
  repliesGoToDevin: 'Replies here go to Devin. Start with (aside) to keep one out.',
  /** Mentions come escaped. */
  mentionsOnly: 'Only replies that mention this app go to Devin.',
  mutedBy: (mention: string): string => `Muted by ${mention}: replies here don't go to Devin.`,
  /** `reason`: in Devin's words. */
  devinAnswered: (reason: string): string => `Devin answered: ${reason}`,
  /** Our own failures: what happened, why, what to do next. */
  problems: {
    secretsLost:
      "The session's secrets are gone: enter them again.\nThis app keeps them for a day, and can't read them once SECRETS_KEY changes.",
    slack: (code: string): string =>
      `Slack refused the card (${code}): ask an app admin.\nIt was refused here and in a direct message: this app's permissions in Slack may be incomplete.`,
    cancelled: "It wasn't sent to Devin.",
    gaveUpOnSlack:
      "Slack didn't let this app look people up: ask an app admin.\nThis app's permissions in Slack may be incomplete.",
    gaveUp:
      "Devin was busy or couldn't be reached for too long.\nTry again later. Devin's status: https://www.devinstatus.com",
  },
};

/** How parts become one text. */
export const joins = {
  sentences: (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' '),
  list: (parts: readonly string[]): string => parts.join(', '),
  /** A day and a time. https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
  moment: '{date_short_pretty}, {time}',
};
