/**
 * Every sentence a person reads, in English. A second language is one more file of this shape.
 * Values passed in are already safe for where they go: callers escape what users and Devin wrote.
 */
export const en = {
  /** One entry for each row of the field table: its label, a hint for the modal, what its flag takes. */
  fields: {
    prompt: {
      label: 'Task',
      hint: 'What Devin should do. Say what done looks like.',
      takes: 'text',
    },
    repos: {
      label: 'Repositories',
      hint: 'Left empty: Devin finds them from the task.',
      takes: 'owner/repo, repeatable or separated by commas',
    },
    devin_mode: {
      label: 'Mode',
      hint: "Left empty: the organisation's default. Fast is about twice as fast at four times the cost.",
      takes: 'normal, fast, lite, ultra or fusion',
    },
    max_acu_limit: {
      label: 'ACU cap',
      hint: "The session stops when it has used this much. Left empty: the organisation's limit.",
      takes: 'a whole number of at least 1',
    },
    title: {
      label: 'Title',
      hint: 'Left empty: Devin makes one from the task.',
      takes: 'text of at most 200 characters',
    },
    playbook_id: {
      label: 'Playbook',
      hint: 'Left empty: none.',
      takes: 'a playbook id',
    },
    tags: {
      label: 'Tags',
      hint: 'Separate several with commas. Left empty: none of your own.',
      takes: 'text, repeatable or separated by commas, at most 50',
    },
    child_playbook_id: {
      label: 'Playbook for child sessions',
      hint: 'Left empty: none.',
      takes: 'a playbook id',
    },
    knowledge_ids: {
      label: 'Knowledge',
      hint: 'Left empty: everything the organisation knows.',
      takes: 'note ids, repeatable or separated by commas, or none',
    },
    secret_ids: {
      label: 'Secrets',
      hint: "Left empty: all of the organisation's secrets.",
      takes: 'secret ids, repeatable or separated by commas, or none',
    },
    session_secrets: {
      label: 'Secrets for this session only',
      hint: 'One KEY=VALUE a line. Encrypted until Devin has them, then erased here.',
      takes: 'KEY=VALUE lines',
    },
    session_links: {
      label: 'Related sessions',
      hint: 'Links to Devin sessions to look at, separated by commas. Left empty: none.',
      takes: 'a link, repeatable or separated by commas',
    },
    attachment_urls: {
      label: 'Attachments by link',
      hint: 'Web addresses of files, separated by commas. Left empty: none.',
      takes: 'a web address, repeatable or separated by commas',
    },
    structured_output_schema: {
      label: 'Structured result (JSON Schema)',
      hint: 'A Draft 7 schema of at most 64 KB. Left empty: no structured result.',
      takes: 'a JSON Schema',
    },
    structured_output_required: {
      label: 'The structured result is required',
      hint: 'On: Devin must deliver it before its turn ends.',
      takes: 'no value: makes the structured result optional',
    },
    platform: {
      label: 'Machine',
      hint: "A platform such as windows, or an outpost pool. Left empty: the organisation's default.",
      takes: 'a platform or outpost pool',
    },
    resumable: {
      label: 'Can be resumed',
      hint: 'On: the machine is kept after the session stops, so that it can go on later.',
      takes: 'no value: the machine is thrown away at the end',
    },
    bypass_approval: {
      label: 'Child sessions without approval',
      hint: 'On: Devin may start child sessions without asking.',
      takes: 'no value: child sessions start without approval',
    },
  },
  /** Start: one line for each setting that is missing or wrong; it follows the variable's name. */
  config: {
    variables: {
      SLACK_BOT_TOKEN:
        'must be the bot token (xoxb-…): api.slack.com/apps > your app > OAuth & Permissions > Bot User OAuth Token.',
      SLACK_APP_TOKEN:
        'must be an app-level token (xapp-…) with connections:write: api.slack.com/apps > your app > Basic Information > App-Level Tokens.',
      SLACK_SIGNING_SECRET:
        'must be the signing secret: api.slack.com/apps > your app > Basic Information > App Credentials.',
      SLACK_API_URL:
        "must be a web address, such as https://slack.com/api/; leave it out to use Slack's own.",
      SLACK_COMMAND:
        'must be a slash command of at most 32 characters, such as /devin: as the app manifest has it.',
      HOST: 'must be an address to listen on, such as 0.0.0.0.',
      PORT: 'must be a port number from 0 to 65535, such as 3000.',
      DEVIN_API_KEY: "must be a service user's key (cog_…): app.devin.ai > Settings > Service users.",
      DEVIN_ORG_ID: 'must be the organisation id (org-…): app.devin.ai > Settings > Service users.',
      DEVIN_API_URL: 'must be a web address; leave it out to use https://api.devin.ai.',
      IMPERSONATION: 'must be required, preferred or off.',
      REQUEST_TAG: 'must be on or off.',
      DATABASE_URL:
        'must be a Postgres address (postgres://user:password@host:5432/name); leave it out to use the embedded database.',
      DATA_DIR: 'must be a folder for the embedded database.',
      SECRETS_KEY: 'must be 32 bytes in base64: make one with `openssl rand -base64 32`.',
      WATCH_SECONDS: 'must be a number of seconds of at least 1.',
      POLICY_FILE: 'is not supported by this version: leave it out; nothing would enforce it.',
      LOG_LEVEL: 'must be trace, debug, info, warn, error, fatal or silent.',
    },
    transport:
      'SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) must be set: api.slack.com/apps > your app > Basic Information.',
    keyWithDatabase:
      'SECRETS_KEY must be set when DATABASE_URL is, so that all replicas share it: make one with `openssl rand -base64 32`.',
  },
  /** Start: why the store cannot be opened. */
  store: {
    unreachable: (server: string) =>
      `DATABASE_URL names a Postgres server that does not answer (${server}): check host and port, and that it is running.`,
    refused: (server: string) =>
      `DATABASE_URL was refused by the Postgres server (${server}): check user name, password and ssl mode.`,
    missing: (server: string) =>
      `DATABASE_URL names a database that does not exist (${server}): create it, or correct the name.`,
    inUse: (folder: string, pid: number | null) =>
      `DATA_DIR ${folder} is in use by another process${pid === null ? '' : ` (pid ${pid})`}: stop that one first, or give this one its own folder. To run several at once, set DATABASE_URL.`,
    unusable: (folder: string) =>
      `DATA_DIR ${folder} cannot be used: it must be a folder that this user may write to.`,
    unreadable: (folder: string) =>
      `DATA_DIR ${folder} holds a database that cannot be opened: restore the folder from a backup, or move it away to start afresh.`,
    diskFailed: (folder: string, reason: string) =>
      `The database in ${folder} had to stop (${reason}): check the disk for space and errors, then start again. Nothing that was acknowledged is lost.`,
    migration: (name: string) =>
      `The database could not be brought up to date (${name}): nothing was changed. The log has the reason.`,
    secretsKey: (where: string) =>
      `${where} must be 32 bytes in base64: make one with \`openssl rand -base64 32\`.`,
    keyModeFixed: (path: string) => `${path} could be read by others: its mode is now 0600.`,
  },
  /** Start: what ends it, or is warned of. */
  start: {
    healthy:
      'All is well: Slack and Devin know this app, and nothing that can be tried without changes is missing.',
    notABot: 'SLACK_BOT_TOKEN is not a bot token: it must be the Bot User OAuth Token (xoxb-…) of the app.',
    slackToken: (code: string): string =>
      `Slack does not accept SLACK_BOT_TOKEN (${code}): copy the Bot User OAuth Token from api.slack.com/apps > your app > OAuth & Permissions, and install the app to the workspace if it is not.`,
    slackUnreachable: 'Slack cannot be reached: check the network, a proxy, and SLACK_API_URL if it is set.',
    devinKey:
      'Devin does not accept DEVIN_API_KEY: it is wrong, was revoked or has expired. A new one comes from app.devin.ai > Settings > Service users.',
    devinUnreachable:
      'Devin cannot be reached: check the network and DEVIN_API_URL. The app starts all the same; requests wait.',
    otherOrganisation: (orgId: string): string =>
      `DEVIN_API_KEY belongs to the organisation ${orgId}, DEVIN_ORG_ID names another one: correct one of them.`,
    organisationNotFound: (orgId: string): string =>
      `Devin does not know the organisation ${orgId}, or the key may not see it: check DEVIN_ORG_ID.`,
    notAServiceUser:
      'DEVIN_API_KEY is not the key of a service user: sessions cannot be created as the person who asked. Make one in app.devin.ai > Settings > Service users.',
  },
  /** Slash command: problems and help. */
  command: {
    /** The store did not take the request. */
    notRecorded:
      'Your request could not be written down, so nothing was started. Try again in a minute; if that does not help, tell whoever runs this app.',
    /** Flags and values come as code spans; `takes` from `fields`. What was typed is quoted by the notice around. */
    problems: {
      unknownFlag: (flag: string): string =>
        `There is no option ${flag}; \`help\` after the command shows all of them. If it belongs to the task, put it in backticks.`,
      unknownFlagNear: (flag: string, nearest: string, takes: string): string =>
        `There is no option ${flag}. Did you mean ${nearest}? It takes ${takes}. If it belongs to the task, put it in backticks.`,
      missingValue: (flag: string, takes: string): string => `${flag} has no value. It takes ${takes}.`,
      badValue: (flag: string, value: string, takes: string): string =>
        `${flag} cannot be ${value}. It takes ${takes}.`,
      unclosedQuote: (flag: string, value: string): string =>
        `The quotes at ${flag} ${value} are not closed. A value with spaces needs them on both sides.`,
      repeated: (flag: string): string => `${flag} is there twice with different values. Keep one of them.`,
      noTask: 'There is no task. Say what Devin should do.',
      noTaskIn: (typed: string): string =>
        `There are options but no task in ${typed}. Add what Devin should do.`,
    },
    help: {
      title: 'Start a Devin session',
      usage: (command: string): string =>
        `${command} and the task starts a session as you. ${command} alone opens a form. Options stand before, after or amid the task:`,
      examples: [
        'fix the flaky login test --repo acme/web --acu 10',
        '!fast write release notes --title "Release 2.4" --tag docs,release',
      ],
      flagsTitle: 'Options',
      flagsNote:
        'Values with spaces go in quotes. Text in backticks, and all that follows a -- of its own, is task and never an option.',
      modes: (words: string): string => `The mode can also be said by a word anywhere in the task: ${words}.`,
      formOnly: (labels: string): string => `Only in the form: ${labels}.`,
      subcommandsTitle: 'Other commands',
      subcommands: {
        help: { usage: 'help', does: 'shows this, to you alone.' },
        list: {
          usage: 'list',
          does: 'shows your sessions; list all shows those of everybody, private ones without their titles, list 2 the second page.',
        },
        status: { usage: 'status <session>', does: 'shows where a session stands.' },
        follow: {
          usage: 'follow <session>',
          does: 'brings a card of a session here and keeps it up to date.',
        },
        say: { usage: 'say <session> <message>', does: 'sends a message to a session.' },
        stop: { usage: 'stop <session>', does: 'stops a session for good.' },
        archive: { usage: 'archive <session>', does: 'archives a session.' },
        defaults: {
          usage: 'defaults',
          does: 'shows the defaults that apply here. defaults me --acu 10 sets yours, defaults me clear removes them; channel and workspace instead of me is for administrators.',
        },
        notify: {
          usage: 'notify thread|dm|card',
          does: 'says where you are told what matters about your sessions; notify dm <session> about one of them.',
        },
        steer: {
          usage: 'steer requester|members',
          does: "says who may answer and stop this channel's sessions; steer workspace … everywhere; for administrators.",
        },
        'web-messages': {
          usage: 'web-messages on|off',
          does: "says whether what people write in Devin's web app appears in this channel's threads; web-messages workspace … everywhere; for administrators.",
        },
        link: {
          usage: 'link <@person> <Devin user id>',
          does: 'says which member of the Devin organisation a person is; for administrators.',
        },
      },
    },
  },
  /** Sub-commands on sessions. Ids come as code spans, titles escaped. */
  sessions: {
    unknown: (id: string): string =>
      `This app does not know the session ${id}. Check the id or the link; a session that was not started here comes with \`follow\` and its id.`,
    mine: 'Your sessions',
    all: "Everybody's sessions",
    page: (page: number, pages: number): string => `Page ${page} of ${pages}`,
    nextPage: (typed: string): string => `More: ${typed}`,
    none: 'There are none yet. The command and a task start one.',
    noPage: (pages: number): string =>
      pages === 1 ? 'There is only one page.' : `There are ${pages} pages.`,
    line: (parts: readonly string[]): string => parts.join(' · '),
    /** In place of a title, for those who are not there. */
    concealed: 'A session in a private conversation',
    stop: (title: string): string => `Stopping ${title}. You are told here when it is done.`,
    archive: (title: string): string => `Archiving ${title}. You are told here when it is done.`,
    say: (title: string): string => `On its way to ${title}. You are told here if Devin does not get it.`,
    notify: (title: string, where: string): string => `About ${title} you are told ${where}.`,
    notYoursToSay: (mention: string): string =>
      `What matters about that session is told to ${mention}, who asked for it, so only they can say where. Nothing was changed.`,
    follow: 'Looking for that session at Devin. You are told here where its card is.',
    link: 'Checking that with Slack and Devin. You are told here when it is done.',
  },
  /** Defaults and preferences. */
  settings: {
    title: 'Defaults that apply to you here',
    notSaid: "Everything else is left to the organisation's defaults.",
    none: "None is set: everything is left to the organisation's defaults.",
    scopes: { workspace: 'this workspace', channel: 'this channel', person: 'you' },
    value: (label: string, value: string, scope: string): string => `${label}: ${value} (set for ${scope})`,
    set: (scope: string): string => `Set for ${scope}.`,
    cleared: (scope: string): string => `The defaults for ${scope} are removed.`,
    nothingSet: 'Nothing was set.',
    adminsOnly:
      'Only administrators of this Slack workspace can set that for a channel or the workspace. Nothing was set. Your own defaults are set with `defaults me`.',
    notify: {
      label: 'Where you are told what matters',
      thread: "in the session's thread",
      dm: 'in a direct message',
      card: 'nowhere but on the card',
    },
    steer: {
      label: 'Who may answer, stop and archive sessions here',
      requester: 'only whoever asked for the session',
      members: 'every member of the Devin organisation',
    },
    webMessages: {
      label: "What people write in Devin's web app",
      on: "appears in the session's thread",
      off: 'stays in the web app',
    },
    preference: (label: string, value: string): string => `${label}: ${value}`,
  },
  /** Acting on a session from its card or by a command. */
  steering: {
    requesterOnly: (mention: string): string =>
      `Only ${mention}, who asked for this session, may do that here. Nothing was done. Ask them, or start a session of your own.`,
    membersOnly: (mention: string): string =>
      `Only members of the Devin organisation may do that, and you were not found among them. Nothing was done. Ask ${mention}, who asked for this session, or a Devin administrator to invite you.`,
    outsider:
      'Only people of the workspace this app is installed in may do that, and you belong to another one. Nothing was done. Ask somebody of that workspace.',
    notDone: {
      stop: 'The session was not stopped.',
      archive: 'The session was not archived.',
      follow: 'The session was not brought here.',
    },
    done: { stop: 'The session is stopped.', archive: 'The session is archived.' },
    sentAlready:
      'It has been sent to Devin already, so it cannot be taken back any more. Once its card shows Stop, that ends it.',
    followed: 'Its card is in Slack, and it is followed there.',
    followedElsewhere:
      'This session has its card elsewhere in Slack already and is followed there, so it was not brought here as well.',
    noPlace:
      'Slack took the card neither in this conversation nor as a direct message, so the session is not shown here. Ask whoever runs this app to look at its permissions in Slack.',
    slackUnavailable:
      'Slack did not answer this app as it should, so nothing was done. Try again in a minute.',
    linking: {
      adminsOnly:
        'Only administrators of this Slack workspace can link people to Devin accounts. Nothing was changed.',
      notYourself:
        'Nobody links themselves: ask another administrator of this Slack workspace. Nothing was changed.',
      notAMember:
        'Only full members of this Slack workspace can be linked, no guests, apps or people of other workspaces. Nothing was changed.',
      unknownInDevin: (id: string): string =>
        `The Devin organisation has no member ${id}. Check the id in Devin Settings > Members. Nothing was changed.`,
      done: (mention: string, name: string): string =>
        `${mention} is ${name} in Devin from now on; sessions they ask for run as that member.`,
    },
    box: {
      titles: { reply: 'Reply to Devin', answer: 'Answer Devin', wake: 'Wake Devin' },
      label: 'Message',
      hint: 'Goes to the session as you, and the others in its thread see it. If Devin cannot get it, you are told privately.',
      saidLast: 'Devin said last:',
      submit: 'Send',
      close: 'Cancel',
      empty: 'Write what Devin should read.',
      notAllowed: 'Only whoever asked for this session may answer it here. Nothing was sent.',
      gone: 'This session is not known here any more. Copy your message before you close this.',
      notRecorded: 'Your message could not be written down. Try again in a minute.',
    },
  },
  /** The card in the channel or thread. */
  card: {
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
      'needs-approval': { any: 'Devin waits for an approval, which is given in Devin.' },
      asleep: {
        inactivity:
          'Asleep because nothing happened for a while. It costs nothing meanwhile, and a message wakes it.',
        user_request: 'Somebody put it to sleep. It costs nothing meanwhile, and a message wakes it.',
        any: 'It costs nothing meanwhile, and a message wakes it.',
      },
      capped: {
        usage_limit_exceeded:
          'It has used as much as this session may. Start again with a higher ACU cap, or raise it in Devin.',
        user_usage_limit_exceeded:
          'The person it runs as has used as much as they may. A Devin administrator can raise that limit.',
        org_usage_limit_exceeded:
          'The organisation has used as much as it may. A Devin administrator can raise that limit.',
        total_session_limit_exceeded:
          'The organisation has as many sessions as it may. A Devin administrator can raise that limit.',
        out_of_credits: 'The organisation has no credits left. Whoever pays for Devin can add some.',
        out_of_quota: 'The quota is used up. A Devin administrator can raise it.',
        no_quota_allocation: 'No quota is set aside for this. A Devin administrator can change that.',
        payment_declined: 'A payment for Devin was declined. Whoever pays for Devin can settle it.',
        any: 'A limit was reached. A Devin administrator can say which, and raise it.',
      },
      gone: {
        any: 'Devin does not know this session any more: it was deleted, or this app may not see it now. A Devin administrator can say which; what it was asked for is kept under "Start again with changes".',
      },
      unknown: {
        any: "Devin's answer got lost, so it is not certain that the session started, and it was not found. Check again, or start it anyway: then there may be two.",
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
    playbook: (name: string): string => `playbook "${name}"`,
    childSessions: (count: number): string => (count === 1 ? '1 child session' : `${count} child sessions`),
    andMore: (shown: string, more: number): string => `${shown} and ${more} more`,
    pullRequest: (where: string, state: string | null): string =>
      state === null ? `PR: ${where}` : `PR: ${where} (${state})`,
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
      text: 'The first attempt may be running although it was not found. Then there will be two sessions, and both cost. "Check again" only looks.',
      confirm: 'Start anyway',
      deny: 'Not now',
    },
    confirmStop: {
      title: 'Stop this session?',
      text: 'Devin stops for good: a session that was stopped cannot be woken again. What it has pushed stays.',
      confirm: 'Stop it',
      deny: 'Let it run',
    },
    /** Why a request waits; there is nothing to do. */
    waiting: {
      busy: 'Devin is busy. This is queued and starts by itself; there is nothing to do.',
      down: 'Devin cannot be reached right now. This is queued and starts by itself; there is nothing to do.',
      looking:
        "Devin's answer got lost. This app is looking whether the session started, before anything is sent again; there is nothing to do.",
    },
    /** Failures of our own: what happened, why, what to do next. */
    problems: {
      secretsLost:
        'Nothing was started: the secrets for this session could not be decrypted any more, because the key of this app (SECRETS_KEY) changed while the request waited. Choose "Edit and try again" and enter the secrets again.',
      slack: (code: string): string =>
        `Nothing was started: Slack accepted the card neither in this conversation nor as a direct message (${code}), so there would have been no place to follow the session. Ask whoever runs this app to look at its permissions in Slack, then try again.`,
      cancelled: 'It was taken back before it was sent to Devin, so nothing was started.',
      gaveUp:
        'Nothing was started: Devin was busy or could not be reached for as long as a request waits. Try again later; https://www.devinstatus.com says how Devin is.',
    },
  },
  /** A person's App Home. Names, links and what can be typed come as mrkdwn. */
  home: {
    title: 'Your Devin sessions',
    runsAs: {
      looking: 'Looking up as whom your sessions run…',
      member: (name: string): string => `Your sessions run as ${name}.`,
      notKnown:
        'As whom your sessions run could not be looked up just now. It is looked up again before anything is sent to Devin.',
    },
    start: 'Start a session',
    refresh: 'Refresh',
    whereCardsGo: 'A session started here has its card under Messages, for you alone.',
    drawn: (moment: string): string => `As of ${moment}.`,
    groups: { 'needs-you': 'Needs you', 'under-way': 'Under way', earlier: 'Earlier' },
    thread: 'Thread',
    more: (shown: number, total: number, command: string): string =>
      `${shown} of ${total}. ${command} shows all of them.`,
    none: {
      title: 'You have no sessions yet',
      byCommand: 'Type this in any channel, with a task and a repository of yours:',
      example: 'fix the flaky login test --repo acme/web --acu 10',
      byShortcut:
        'Or point at any message and choose *More actions* > *Start a Devin session*: the thread goes along. You can follow Devin and answer it in Slack.',
    },
    defaults: (values: string, command: string): string =>
      `*Defaults that apply to you:* ${values} (${command})`,
    noDefaults: (command: string): string => `*Defaults that apply to you:* none. Set some with ${command}.`,
    exampleDefaults: 'defaults me --acu 10',
    isSet: 'set',
    help: (command: string): string =>
      `${command} lists every option. In a session's thread, what you write goes to Devin.`,
  },
  /** The form that starts a session. */
  /** In a session's thread. What is shown of names and texts comes escaped. */
  thread: {
    fromWebApp: "Written in Devin's web app:",
    /** What somebody said to Devin outside the thread. */
    saidVia: {
      box: (mention: string): string => `${mention}, by the Reply button:`,
      command: (mention: string): string => `${mention}, by a command:`,
    },
    longMessage: 'This is the beginning of a long message; all of it is in the file below.',
    cut: 'The rest of this message is in Devin.',
    openInDevin: 'Open in Devin',
    /** `name`: a code span. */
    fileInDevin: (name: string): string => `The file ${name} could not be put here. It is in Devin.`,
    notShown: 'Devin said something that Slack does not take as a message. It is in Devin.',
    /** To the person who asked, once. `why`: a sentence; `link`: to the session. */
    trouble: (why: string, link: string): string =>
      `What Devin says cannot be posted in its thread at present. ${why} The session goes on, and nothing is lost: as soon as the thread takes messages again, they are posted there, in order. ${link}`,
    /** By Slack's code. */
    troubleBecause: {
      not_in_channel:
        'This app was removed from the channel. To let it go on, type `/invite @Devin` in the channel.',
      channel_not_found:
        'This app was removed from the conversation. To let it go on, type `/invite @Devin` there.',
      is_archived: 'The channel is archived.',
      thread_not_found: 'The message that the thread was under was deleted.',
      message_not_found: 'The message that the thread was under was deleted.',
    },
    troubleOther: (code: string): string => `Slack does not let this app post there (${code}).`,
    /** To the author of a message that Devin did not get. */
    notDelivered: 'Devin did not get your message.',
    notSure: 'It is not certain that Devin got your message.',
    yourMessage: 'Your message:',
    sendAgain: 'Send again',
    startAgain: 'Start again with this',
    unknown:
      "Devin's answer got lost, and your message was not found in the session. Look there first: if it is sent again, it may be there twice.",
    ended:
      'The session is over, and nothing can be said to it any more. You can start another one with your message.',
    gone: (reason: string | null): string =>
      `Devin does not know the session any more: it was deleted, or this app may not see it now.${reason === null ? '' : ` Devin says: ${reason}`}`,
    gaveUp: 'Devin was busy or could not be reached for an hour.',
    /** `reason` is Devin's own. */
    refused: (reason: string | null): string =>
      reason === null
        ? 'Devin did not accept it and did not say why.'
        : `Devin did not accept it. Devin says: ${reason}`,
    leftOut: 'Not all of your message reached Devin.',
    /** What a word in the thread did. */
    done: {
      mute: 'Muted: Devin gets nothing more of what is written in this thread. What Devin says still appears here. `unmute` ends that.',
      unmute: 'Not muted any more: what is written in this thread goes to Devin again.',
      unsync:
        'This thread is not tied to the session any more: nothing goes to Devin, and what Devin says does not appear here. The session goes on in Devin. `sync` ties it again.',
      sync: 'This thread is tied to the session again: what is written here goes to Devin, and what Devin says from now on appears here.',
    },
    /** Once it is tied again. */
    leftOutMeanwhile: (count: number): string =>
      count === 1
        ? 'While this thread was not tied to the session, 1 message or file was left out here. It is in Devin.'
        : `While this thread was not tied to the session, ${count} messages and files were left out here. They are in Devin.`,
    newNeedsTask: 'Write what the new session should do behind `!new`.',
    helpTitle: 'In this thread',
    help: [
      'Whatever you write here goes to Devin as you, files too. :eyes: means taken, :white_check_mark: means Devin has it. An edit goes as a correction.',
      '`(aside)` at the beginning, or `!aside` anywhere: that message is not for Devin.',
      '`mute`, `unmute`: nothing more goes to Devin, and again.',
      '`archive`: puts the session to sleep and archives it. `EXIT`: ends it for good.',
      '`unsync`, `sync`: unties this thread from the session, and ties it again.',
      '`!new` and a task, with the flags of the command: starts another session in this thread.',
      '`help`: this list. All of these stand alone in a message; a mention of this app before them does no harm.',
    ],
  },
  /** What is worth a message. Mentions, titles and words of Devin come escaped. */
  milestones: {
    asks: (mention: string): string => `${mention} Devin asks:`,
    asksSomething: (mention: string): string =>
      `${mention} Devin needs an answer. The question could not be fetched; it is in Devin.`,
    answerHere: 'Reply in this thread to answer.',
    answerThere: 'Open the session to answer.',
    approval: (mention: string, title: string): string =>
      `${mention} Devin waits for an approval in ${title}. It is given in Devin.`,
    pullRequest: (mention: string, where: string): string =>
      `${mention} Devin opened a pull request: ${where}`,
    finished: (mention: string, title: string): string => `${mention} Devin finished ${title}.`,
    failed: (mention: string, title: string): string => `${mention} Devin could not go on with ${title}.`,
    whatNow: 'Open the session to see where it stopped, or start again with what it needs.',
    capped: (mention: string, title: string): string => `${mention} Devin stopped at a limit in ${title}.`,
    result: 'Result:',
    resultCut: 'The whole result is in Devin.',
    resultInFile: 'The whole result is in the file above.',
    questionCut: 'The rest of it is in Devin.',
  },

  modal: {
    title: 'Start a Devin session',
    submit: 'Start',
    close: 'Cancel',
    moreOptions: 'More options',
    /** Collapsed: what is set where it cannot be seen. */
    alsoSet: (labels: string): string => `Also set, see "More options": ${labels}`,
    groups: {
      guidance: 'Guidance',
      access: 'Access',
      files: 'Files and links',
      result: 'Result',
      machine: 'Machine',
    },
    context: {
      label: 'What Devin reads along with the task',
      hint: 'It goes along as material, not as an instruction. Files come with the messages they are in.',
      picked: (excerpt: string): string => `About this message: ${excerpt}`,
      pickedEmpty: 'About a message without text.',
      choices: {
        message: 'This message',
        'until-here': 'The thread up to this message',
        thread: 'The whole thread',
      },
      counted: (choice: string, counts: string): string => `${choice} (${counts})`,
      messages: (count: number): string => (count === 1 ? '1 message' : `${count} messages`),
      files: (count: number): string => (count === 1 ? '1 file' : `${count} files`),
    },
    threadUnreadable:
      'Only this message can go along: this app cannot read the thread, because it is not in this conversation. To bring the thread, type `/invite @Devin` there and open this form again.',
    /** One input holds 3,000 characters; a longer value goes on in further ones. */
    continued: (label: string, part: number): string => `${label} (part ${part})`,
    /** `names`: what they were called; empty where that is not known. */
    secretsLost: (names: readonly string[]): string =>
      `The secrets for this session only were not kept: type them again, under "More options".${names.length === 0 ? '' : ` They were: ${names.join(', ')}.`}`,
    continuedHint: 'Goes on from the input above. Left empty: nothing more.',
    tooLong: (label: string): string =>
      `${label}: what was filled in is longer than this form can hold, so its end is missing here.`,
    none: {
      label: (label: string): string => `${label}: none at all`,
      option: 'None at all',
      hint: 'Not the same as leaving the list empty.',
    },
    unset: "The organisation's default",
    /** Options of closed sets, by their value: at most 75 characters. */
    options: {
      normal: 'Normal',
      fast: 'Fast: about twice as fast, at four times the cost',
      lite: 'Lite',
      ultra: 'Ultra',
      fusion: 'Fusion',
    },
    search: 'Type to search, or to enter your own',
    on: 'On',
    /** How values of a kind are written, after the hint of the field. */
    kinds: {
      list: 'A value with a comma in it goes into double quotes.',
      secrets:
        'Everything after the first = is the value, quotes too. Lines that are blank or start with # are skipped. What you type is readable on your screen; nothing here is ever filled in again. Left empty: none.',
      json: 'A JSON object, from { to }.',
    },
    sensitive: {
      label: 'Treat these secrets as sensitive',
      option: 'Sensitive',
      hint: 'On: Devin keeps their values out of what it shows.',
    },
    files: {
      label: 'Files',
      hint: 'At most 10 files of up to 10 MB each. Left empty: none but those of the messages that go along.',
    },
    /** Where a value came from that was filled in. */
    filledIn: {
      workspace: "Filled in from this workspace's defaults.",
      channel: "Filled in from this channel's defaults.",
      person: 'Filled in from your own defaults.',
    },
    runsAs: {
      looking: 'Looking up as whom this will run…',
      member: (name: string, how: string): string => `Runs as ${name}. ${how}`,
      refused: (why: string): string => `:warning: You cannot start a session yet. ${why}`,
    },
    identityUnavailable:
      'As whom this will run could not be looked up just now. You can start it all the same: it is looked up again before anything is sent to Devin.',
    expired:
      'This form is too old to be sent. Copy your task, open a new form and paste it there. Nothing was started.',
    errors: {
      empty: 'Say what Devin should do.',
      takes: (takes: string): string => `This takes ${takes}.`,
      value: (value: string, takes: string): string => `"${value}" does not fit. This takes ${takes}.`,
      noneAndValues: 'Either untick this or empty the list above: now it says both.',
      /** Never what is on the line: it may be a secret. */
      secrets: {
        'no-equals': (line: number): string => `Line ${line} is not of the form KEY=VALUE.`,
        'bad-key': (line: number): string =>
          `Line ${line}: the key before = takes 1 to 256 characters and no blanks.`,
        repeated: (line: number): string =>
          `Line ${line} repeats the key of a line above it. Keep one of them.`,
      },
      lineBreak: 'a line break',
      jsonAt: (line: number, column: number, found: string): string =>
        `This is not valid JSON: ${found} cannot stand at line ${line}, character ${column}.`,
      jsonIncomplete:
        'This JSON ends too early: a bracket or a quote is still open, or nothing follows the last comma.',
      jsonObject: 'This takes a JSON object, from { to }.',
      jsonSchema:
        'This takes a JSON Schema of at most 64 KB that refers to no other document ($ref only to "#…").',
    },
  },
  /** What "Details" shows of a session. */
  details: {
    title: 'Session details',
    close: 'Close',
    headings: { request: 'This request', asked: 'What Devin was asked for', response: "Devin's answer" },
    requestId: 'Request id',
    requestTag: 'Its tag in Devin',
    state: 'State',
    createdAt: 'Asked',
    updatedAt: 'Last change',
    problem: 'Problem',
    runsAs: 'Runs as',
    identityOpen: 'Not established yet',
    /** `how` is a sentence, `when` a moment. */
    identity: (name: string, how: string, when: string): string => `${name}. ${how} Checked ${when}.`,
    states: {
      accepted: 'Accepted, not sent yet',
      identified: 'Person known, not sent yet',
      carded: 'Card posted, not sent yet',
      attached: 'Files handed over, not sent yet',
      sending: 'Sent, no answer yet',
      created: 'Created',
      refused: 'Refused, nothing was started',
      failed: 'Failed, nothing was started',
      unknown: 'Not sure it started',
    },
    /** Why a value is what it is. */
    why: {
      workspace: "from this workspace's defaults",
      channel: "from this channel's defaults",
      person: "from the person's own defaults",
      request: 'asked for in this request',
      app: 'added by this app',
    },
    withWhy: (label: string, why: string): string => `${label} (${why})`,
    notSaid: "Everything else was left to the organisation's defaults.",
    noResponse: 'No answer from Devin yet.',
    none: 'none',
    nothing: 'not given',
    yes: 'yes',
    no: 'no',
    /** Secrets are shown by their keys only. */
    secretKeys: (keys: string): string => `${keys} (values are never shown)`,
    cut: '(shortened here)',
    andMore: (count: number): string => `and ${count} more`,
    /** Keys of the request that are not in the field table. */
    added: { create_as_user_id: 'As member' },
    response: {
      session_id: 'Session id',
      url: 'Address',
      status: 'Status',
      status_detail: 'Status in detail',
      title: 'Title',
      org_id: 'Organisation id',
      user_id: 'Member id',
      service_user_id: 'Service user id',
      created_at: 'Created',
      updated_at: 'Last change',
      acus_consumed: 'ACU used',
      pull_requests: 'Pull requests',
      tags: 'Tags',
      origin: 'Started from',
      playbook_id: 'Playbook',
      parent_session_id: 'Parent session',
      child_session_ids: 'Child sessions',
      is_archived: 'Archived',
      category: 'Category',
      subcategory: 'Subcategory',
      structured_output: 'Structured result',
      devin_mode: 'Mode',
      automation_id: 'Automation',
    },
  },
  /** Suggestions in the form's selects. */
  lookup: { use: (typed: string): string => `Use "${typed}"` },
  /** Private notices. */
  notices: {
    nothingStarted: 'Nothing was started.',
    typed: 'What you typed:',
    /** The rest of a long text is in the form. */
    typedCut: 'The rest is in the form.',
    openForm: 'Open in a form',
    notYourButton: (userId: string): string =>
      `Only <@${userId}>, who asked for this session, can press that button, because it may cost. Nothing was done. You can open the details, or start a session of your own.`,
    cardElsewhere: (why: string): string =>
      `${why} Your session goes ahead all the same; its card is in your direct messages with this app.`,
    openCard: 'Open the card',
    /** By Slack's code. */
    elsewhereBecause: {
      not_in_channel:
        'This app is not in this channel, so it cannot post there. To have the card in the channel next time, type `/invite @Devin` there.',
      channel_not_found:
        'This app is not in this conversation, so it cannot post there. To have the card there next time, type `/invite @Devin` there; a direct message between people takes no apps.',
      is_archived: 'This channel is archived, so nothing can be posted there.',
      restricted_action:
        'Posting in this channel is restricted. Ask an administrator of the channel to let this app post there.',
    },
    elsewhereOther: (code: string): string =>
      code === ''
        ? 'Slack did not take the card in that conversation.'
        : `Slack did not take the card in that conversation (${code}).`,
    /** How it was established as whom a session runs. */
    matchedBy: {
      administrator: 'Linked by an administrator.',
      email: 'Matched by the e-mail address of the Slack account.',
      session: 'Devin names this member for the session.',
    },
    serviceUser: {
      off: "Runs as the organisation's service user: this app is set up that way for everybody.",
      noMatch: {
        unknown:
          "Runs as the organisation's service user: no member of the Devin organisation has the requester's e-mail address.",
        ambiguous:
          "Runs as the organisation's service user: more than one member of the Devin organisation has the requester's e-mail address.",
        external: "Runs as the organisation's service user: the requester belongs to another workspace.",
        guest: "Runs as the organisation's service user: the requester is a guest in this workspace.",
        bot: "Runs as the organisation's service user: the requester is an app, not a person.",
        deactivated: "Runs as the organisation's service user: the requester's Slack account is deactivated.",
        'no-email':
          "Runs as the organisation's service user: Slack gives no confirmed e-mail address of the requester.",
        'lookup-forbidden':
          "Runs as the organisation's service user: this app may not look up members in Devin (permission ViewOrgMembership).",
      },
    },
    /** Why somebody cannot start a session: what happened, why, what to do next. Plain text. */
    identity: {
      unknown: (maskedEmail: string | null): string =>
        maskedEmail === null
          ? 'The Devin account your Slack account is linked to is not in the Devin organisation. Ask a Devin administrator to invite it again, or whoever runs this app to correct the link.'
          : `Devin does not know you as ${maskedEmail}. The e-mail address of your Slack account was looked for among the members of the Devin organisation, invited directly or through single sign-on, and is not there. Ask a Devin administrator to invite you with that address, or whoever runs this app to link your Slack account to your Devin account.`,
      ambiguous: (maskedEmail: string | null): string =>
        `More than one member of the Devin organisation has the e-mail address of your Slack account${maskedEmail === null ? '' : ` (${maskedEmail})`}, so it is not certain which one you are. Ask whoever runs this app to link your Slack account to the right one.`,
      external: (_maskedEmail: string | null): string =>
        'You belong to another Slack workspace, and sessions can be started only by members of the workspace this app is installed in. Ask somebody there to start the session.',
      guest: (_maskedEmail: string | null): string =>
        'You are a guest in this workspace, and guests cannot start sessions. Ask a full member to start it, or an administrator of the workspace to make you one.',
      bot: (_maskedEmail: string | null): string =>
        'An app asked for this session, and sessions run as a person. Ask a member of the workspace to start it.',
      deactivated: (_maskedEmail: string | null): string =>
        'Your Slack account is deactivated, so it cannot start sessions. Ask an administrator of the workspace.',
      'no-email': (_maskedEmail: string | null): string =>
        "Slack gives this app no confirmed e-mail address of yours, so you cannot be found in Devin. Confirm the address in your Slack account's settings; if it is confirmed, ask whoever runs this app to check its permission users:read.email or to link your accounts.",
      'lookup-forbidden': (_maskedEmail: string | null): string =>
        'This app may not look up members in Devin, so it cannot tell as whom to start the session. Ask a Devin administrator to give the permission ViewOrgMembership to its service user (Devin Settings > Service users), or whoever runs this app to link your accounts.',
    },
    /** What did not go along, and why. `name` is a file's, but for `thread-unreadable`: there Slack's code. */
    leftOut: {
      'too-large': (name: string): string =>
        `The file ${name} was left out: it is too large. Put it where Devin can reach it and say where in the task.`,
      'sign-in-page': (name: string): string =>
        `The file ${name} was left out: Slack did not let this app download it. Ask whoever runs this app to check its permission files:read.`,
      unreadable: (name: string): string =>
        `The file ${name} was left out: Slack gives this app no content of it. It may be deleted, kept outside Slack, or in a conversation this app is not in.`,
      'no-permission': (name: string): string =>
        `The file ${name} was left out: the service user lacks the permission UseDevinSessions in Devin, which handing over files takes.`,
      refused: (name: string): string =>
        `The file ${name} was left out: Devin did not accept it. Another format, or a link to it, may do.`,
      'too-many': (name: string): string =>
        `The file ${name} was left out: there were too many files. Ask with fewer, or put them into one archive.`,
      'thread-unreadable': (code: string): string =>
        `Only the picked message went along: this app could not read the thread (${code}). Where it is not in the conversation, type \`/invite @Devin\` there to bring the thread next time.`,
    },
  },
  /** Devin's refusals and failures. */
  devin: {
    /** 400, 422. `reason` is Devin's own. */
    invalid: (reason: string | null): string =>
      reason === null
        ? 'Devin did not accept this request and did not say why. Nothing was started. Change it and try again.'
        : `Devin did not accept this request. Nothing was started. Change it and try again. Devin says: ${reason}`,
    /** One line for each field that Devin names; `label` from `fields`. */
    invalidField: (label: string, reason: string): string => `${label}: ${reason}`,
    /** 401. */
    unauthorized:
      "Devin does not accept this app's key: it is wrong, was revoked or has expired. Nothing was started. Tell whoever runs this app: a new key comes from Devin Settings > Service users and goes into DEVIN_API_KEY.",
    /** 403. `permission` is null where Devin does not name it. */
    forbidden: (permission: string | null): string =>
      permission === null
        ? "This app's service user may not do that in Devin, and Devin does not say which permission is missing. Ask a Devin administrator to look at its role in Devin Settings > Service users; starting a session as a person takes ManageOrgSessions and ImpersonateOrgSessions."
        : `This app's service user lacks the permission ${permission} in Devin. Ask a Devin administrator to add it to its role in Devin Settings > Service users, then try again.`,
    /** 403: what goes on without a permission, by its name in Devin. */
    without: {
      ManageOrgSessions: 'Until then no session can be started or steered from Slack.',
      ImpersonateOrgSessions:
        'Until then no session can run as a person; with IMPERSONATION=off they run as the service user.',
      UseDevinSessions: 'Until then files cannot be sent along; a session without files can be started.',
      ViewOrgSessions: 'Until then sessions can be started, but not followed here.',
      ViewOrgMembership:
        'Until then people are not found by e-mail; an administrator can link each one by hand.',
      ManageAccountPlaybooks: 'Until then playbooks are not suggested; their ids can be typed.',
      ManageAccountKnowledge: 'Until then knowledge is not suggested; ids of notes can be typed.',
      ManageOrgSecrets: 'Until then secrets are not suggested; their ids can be typed.',
    },
    /** 404. */
    notFound:
      'Devin does not know this, or this app may not see it. Check the id or the link: it may be of another organisation, or deleted.',
    /** 409. */
    conflict: (reason: string | null): string =>
      `Devin cannot do that in the state the session is in. Open it in Devin to see where it stands, then try again.${reason === null ? '' : ` Devin says: ${reason}`}`,
    /** 429. */
    busy: 'Devin is busy. Your request is queued and starts by itself; there is nothing to do.',
    /** 5xx on what may be repeated, or no connection. */
    down: 'Devin cannot be reached right now. Your request is queued and goes on by itself; there is nothing to do.',
    /** 429, 5xx or no connection on something that is not queued, such as stopping a session. */
    notNow: 'Devin is busy or cannot be reached right now, so this was not done. Try again in a minute.',
    /** The answer to a create was lost, and the session was not found. */
    unknownOutcome:
      "Devin's answer got lost, so it is not certain that the session started, and it was not found. Check again, or start it anyway: then there may be two.",
    /** The answer to anything else was lost. */
    unknownAction:
      "Devin's answer got lost, so it is not certain that this was done. Open the session in Devin before you try again.",
    /** Anything else. `reason` is Devin's own. */
    unexpected: (status: number | null, reason: string | null): string =>
      `Devin gave an answer that this app does not understand${status === null ? '' : ` (HTTP ${status})`}. Try again; if it stays, tell whoever runs this app.${reason === null ? '' : ` Devin says: ${reason}`}`,
  },
};
