/** The card in the channel or thread. */
export const card = {
  /** Each phase's word; its sign stands beside it, never alone. `other` is shown in Devin's own word instead. */
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
    unknown: 'Not sure it started',
    ended: 'Ended',
    gone: 'Gone',
    other: 'In Devin',
  },
  /** What a phase means for the reader, by Devin's own reason; `any` where it gives none that is known. */
  meaning: {
    'needs-approval': { any: 'Devin is waiting for an approval, which is given in Devin.' },
    asleep: {
      inactivity:
        'Asleep because nothing happened for a while. It costs nothing while it sleeps, and a message wakes it.',
      user_request: 'Somebody put it to sleep. It costs nothing while it sleeps, and a message wakes it.',
      any: 'It costs nothing while it sleeps, and a message wakes it.',
    },
    capped: {
      usage_limit_exceeded:
        'It has reached the limit of this session. Start again with a higher ACU cap, or raise it in Devin.',
      user_usage_limit_exceeded:
        'The person it runs as has reached their usage limit. A Devin administrator can raise it.',
      org_usage_limit_exceeded:
        'The organisation has reached its usage limit. A Devin administrator can raise it.',
      total_session_limit_exceeded:
        'The organisation has reached its limit of sessions. A Devin administrator can raise it.',
      out_of_credits: 'The organisation has no credits left. Whoever pays for Devin can add some.',
      out_of_quota: 'The quota is used up. A Devin administrator can raise it.',
      no_quota_allocation: 'No quota is set aside for this. A Devin administrator can change that.',
      payment_declined: 'A payment for Devin was declined. Whoever pays for Devin can settle it.',
      any: 'A limit was reached. A Devin administrator can say which, and raise it.',
    },
    gone: {
      any: 'Devin no longer knows this session: it was deleted, or this app may no longer see it. A Devin administrator can say which; what was asked for is kept under "Start again with changes".',
    },
    unknown: {
      any: "Devin's answer got lost and the session was not found, so it may or may not have started. This app goes on looking for a day and tells you if it turns up. Check again now, or start it anyway: then there may be two.",
    },
  },
  untitled: 'Devin session',
  headline: (title: string, status: string): string => `${title} – ${status}`,
  requestedBy: (mention: string): string => `for ${mention}`,
  as: (name: string): string => `as ${name}`,
  serviceUser: 'the service user',
  duration: {
    short: 'under 1 min',
    minutes: (minutes: number): string => `${minutes} min`,
    hours: (hours: number, minutes: number): string =>
      minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`,
    days: (days: number, hours: number): string => (hours === 0 ? `${days} d` : `${days} d ${hours} h`),
  },
  acuUsed: (used: string): string => `${used} ACU`,
  acuUsedOf: (used: string, limit: string): string => `${used} of ${limit} ACU`,
  acuLimit: (limit: string): string => `at most ${limit} ACU`,
  mode: (mode: string): string => `${mode} mode`,
  playbook: (name: string): string => `playbook "${name}"`,
  childSessions: (count: number): string => (count === 1 ? '1 child session' : `${count} child sessions`),
  andMore: (shown: string, more: number): string => `${shown} and ${more} more`,
  pullRequest: (where: string, state: string | null): string =>
    state === null ? where : `${where} · ${state}`,
  morePullRequests: (more: number): string => (more === 1 ? 'and 1 more PR' : `and ${more} more PRs`),
  devinSays: (words: string): string => `Devin: ${words}`,
  buttons: {
    open: 'Open in Devin',
    details: 'Details',
    'try-again': 'Try again',
    'edit-and-try-again': 'Edit and try again',
    'check-again': 'Check again',
    'start-anyway': 'Start anyway',
    reply: 'Reply',
    answer: 'Answer',
    wake: 'Wake with a message',
    stop: 'Stop',
    archive: 'Archive',
    'start-again': 'Start again with changes',
    cancel: 'Cancel',
    unmute: 'Unmute',
  },
  endedBy: (mention: string): string => `Ended by ${mention}`,
  andBy: {
    ended: (status: string, mention: string): string => `${status}, ended by ${mention}`,
    archived: (status: string, mention: string): string => `${status}, archived by ${mention}`,
  },
  openToApprove: 'Open to approve',
  /** For screen readers, which hear the button without the card around it. */
  buttonOn: (label: string, title: string): string => `${label}: ${title}`,
  confirmStartAnyway: {
    title: 'Start it anyway?',
    text: 'The first attempt may be running even though it was not found. Then there will be two sessions, and both cost. "Check again" only looks.',
    confirm: 'Start anyway',
    deny: 'Not now',
  },
  confirmStop: {
    title: 'Stop this session?',
    text: 'It stops for good and cannot be woken again. What it has pushed stays.',
    confirm: 'Stop it',
    deny: 'Let it run',
  },
  /** How its thread works. Mentions come escaped. */
  repliesGoToDevin: 'Replies here go to Devin. Start with (aside) to keep one out.',
  requesterGoesToDevin:
    "The requester's replies here go to Devin, and others' when they mention this app. Start with (aside) to keep one out.",
  mentionsOnly: 'Only replies that mention this app go to Devin.',
  muted: 'Muted: replies here do not go to Devin.',
  mutedBy: (mention: string): string => `Muted by ${mention}: replies here do not go to Devin.`,
  untied: 'This thread is not tied to the session. `sync` ties it again.',
  /** Why a request waits; there is nothing to do. */
  waiting: {
    busy: 'Devin is busy. This is queued and starts by itself; there is nothing to do.',
    down: 'Devin cannot be reached right now. This is queued and starts by itself; there is nothing to do.',
    looking:
      "Devin's answer got lost. This app is checking whether the session started before it sends anything again; there is nothing to do.",
  },
  /** Failures of our own: what happened, why, what to do next. */
  problems: {
    secretsLost:
      'Nothing was started: the secrets for this session could no longer be decrypted, because the key of this app (SECRETS_KEY) changed while the request waited. Choose "Edit and try again" and enter the secrets again.',
    slack: (code: string): string =>
      `Nothing was started: Slack accepted the card neither in this conversation nor as a direct message (${code}), so there would have been nowhere to follow the session. Ask whoever runs this app to check its permissions in Slack, then try again.`,
    cancelled: 'It was cancelled before it was sent to Devin, so nothing was started.',
    askedToWait: (duration: string): string =>
      `Nothing was started: Devin is busy and asked to be left alone for ${duration}, which is longer than a request waits. Try again when that time is over; https://www.devinstatus.com shows how Devin is doing.`,
    gaveUp:
      'Nothing was started: Devin was busy or could not be reached for longer than a request waits. Try again later; https://www.devinstatus.com shows how Devin is doing.',
  },
};
