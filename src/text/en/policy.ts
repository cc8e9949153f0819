/** The policy file: what is wrong with it, what it decides, and why. */
export const policy = {
  faults: {
    whole: 'The policy ',
    unreadable: (code: string): string => `can't be read (${code}): check the path and its permissions.`,
    blank: 'is empty: write {} if nothing is meant to be in it.',
    tooLarge: (most: number): string => `is larger than ${most / 1024} KB: shorten it.`,
    notPlain:
      'uses YAML that this format has no use for, such as an alias or a comment in text: write words and lists, and quote text with *, !, # or a colon.',
    repeatedKey: (key: string): string => `${key} appears twice: keep one.`,
    syntax: (reason: string): string =>
      `isn't valid YAML: ${reason} Indent the keys of each part equally, with spaces, and quote text with #, * or a colon.`,
    unknownKey: (key: string): string => `${key} isn't a key of the format here.`,
    missing: (key: string): string => `${key} is missing: add it.`,
    values: (values: string): string => `must be ${values}.`,
    or: ' or ',
    type: {
      string: 'must be text. Quote it if it looks like a number or begins with * or #.',
      number: 'must be a number.',
      int: 'must be a whole number.',
      boolean: 'must be true or false.',
      array: 'must be a list, such as [a, b].',
      object: 'must have keys and values: indent what belongs to it.',
    },
    wrong: "isn't valid here.",
    atLeast: (least: string): string => `must be at least ${least}.`,
    atMost: (most: string): string => `must be at most ${most}.`,
    empty: 'is empty: fill it in, or leave out its key.',
    tooLong: (most: string): string => `is too long: at most ${most}.`,
    person:
      'must be a Slack user id (U0123), a user group id (S0123) or an email pattern with @ ("*@acme.example").',
    member: 'must be a Slack user id (U0123) or a user group id (S0123).',
    channel: 'must be a channel id (C0123), a name with # ("#proj-*"), public, private, direct or shared.',
    mode: 'must be a mode that Devin has (normal, fast, lite, ultra, fusion), or a pattern with *.',
    repository: 'must be a repository, such as acme/web: no pattern.',
    duration: 'must be minutes, hours or days up to 30d, such as 30m, 4h or 2d.',
    'limit-name': 'looks like a limit: give the rule a name that does not begin with `limits.`.',
    twice: 'is already the name of an earlier rule: give each rule its own name.',
    'no-approvers': 'needs people to approve: name them in `approvers` or in `owners`.',
    'budget-without-cap':
      'needs limits.acu_per_session beside it: a session without a cap could use all of it. Add acu_per_session.',
  },
  /** Of a rule that says nothing itself: its name follows. */
  refusal: "The policy doesn't allow this.",
  /** ACU, said the same way everywhere: `3.4 used · 53.6 reserved by 4 sessions · 3 free of 60 ACU`. */
  money: {
    used: (acu: string): string => `${acu} used`,
    /** `sessions`: how many, as words. */
    reserved: (acu: string, sessions: string): string => `${acu} reserved by ${sessions}`,
    free: (acu: string, most: string): string => `${acu} free of ${most} ACU`,
    /** Days and months are those of UTC. */
    whose: {
      acu_per_person_per_day: 'You today',
      acu_per_channel_per_day: 'This channel today',
      acu_per_month: 'This workspace this month',
    },
    /** `whose`: links to one's own, and how many are others'. */
    reservedBy: (whose: string): string => `Reserved by ${whose}.`,
    ofOthers: (sessions: string): string => `${sessions} of other people`,
  },
  /** What keeps a request from starting. */
  hurdles: {
    /** `values`: such as "Repositories: acme/web". */
    set: (values: string): string => `This channel sets ${values}. Start with that, or leave the option out.`,
    cap: (most: string): string => `A session here can use up to ${most} ACU.`,
    asked: (acu: string): string => `The cap of this session is ${acu} ACU.`,
    lower: (acu: string): string => `Lower the cap to ${acu} to start this here.`,
    /** `when`: in the reader's time zone. */
    renews: (when: string): string => `More frees up when a running session ends, or ${when}.`,
  },
  /** A message would wake a session whose rest doesn't fit. `rest`: what the session may still use. */
  wakes: {
    budget: (money: string, rest: string): string =>
      `This would wake Devin, which may use ${rest} more ACU here. Its budget: ${money}.`,
    owners: (names: string): string => `Owners of the policy can change it: ${names}.`,
  },
  /** Of values. `what`: such as `acme/infra-*`. */
  announce: {
    refuse: (what: string): string => `Not allowed here: ${what}.`,
    approve: (what: string): string => `May need approval here: ${what}.`,
    over: (acu: string): string => `more than ${acu} ACU`,
  },
  mentionsOff: (command: string): string =>
    `Mentioning this app starts nothing here. Use ${command} instead.`,
  /** `why`: private, to the person who asks. */
  why: {
    allowed: 'You can start this here.',
    approve: 'This needs an approval here.',
    refuse: "You can't start this here now.",
    approvers: (names: string): string => `Approvers: ${names}.`,
    lacksApprovers:
      'Not enough people besides you can approve it. Ask an app admin to name more approvers in the policy.',
    /** `values`: such as "Repositories: acme/web". */
    set: (values: string): string => `Set here: ${values}`,
  },
};

/** Requests that need an approval. Mentions, titles and moments come escaped where a message shows them. */
export const approval = {
  reason: (words: string): string => `Their reason: ${words}`,
  /** On the card. Plain. */
  onCard: {
    waits: (names: string): string => `Waiting for approval from ${names}.`,
    approved: (names: string): string => `Approved by ${names}.`,
  },
  /** `when`: a moment. */
  until: (when: string): string => `until ${when}`,
  /** To an approver. */
  message: {
    asks: (task: string, who: string): string => `Start ${task} for ${who}?`,
    rule: (rule: string): string => `Rule: ${rule}`,
    need: (approvals: number): string => `Needs ${approvals} approvals.`,
    cut: 'This is cut: it is too long for a message. Read all of it in Details before you start it.',
    /** Of the budget that it would exceed; its rule names it. */
    left: (money: string): string => `Budget when this was asked: ${money}.`,
    quotes: (messages: number): string => `Messages from Slack: ${messages}.`,
    leftOut: (count: number): string => `Files and messages that were left out: ${count}.`,
    until: (when: string): string => `Waits until ${when}. Without an answer, nothing starts.`,
    approve: 'Start session',
    decline: 'Decline',
    /** Also to the requester. */
    declined: (name: string): string => `${name} declined this request.`,
    ended: {
      expired: 'Nobody approved this request in time.',
      'request-changed':
        'What would be sent, or as whom, changed after this approval was requested, so it ended.',
      'file-changed': 'A file changed after this approval was requested, so it ended.',
      'policy-changed': 'The policy changed after this approval was requested, so it ended.',
      'approvers-changed':
        'The people who can approve this changed after this approval was requested, so it ended.',
      /** An earlier attempt turned up. */
      started: 'No longer needed: its session was found.',
    },
  },
  /** Private, to the person who pressed. */
  refused: {
    own: "You can't approve your own request, nor one that runs as your Devin account. Ask another approver.",
    'not-asked': "You aren't an approver of this request. Nothing was changed.",
    over: 'This request was already decided or canceled, or has expired. Nothing was changed.',
    /** The reason follows. */
    notNow: "This can't start right now, so nothing was changed. Press the button again later.",
  },
  dialog: {
    title: 'Decline this request',
    label: 'Reason',
    hint: 'The person who asked sees it, with your name.',
  },
  /** To a person who presses Cancel. */
  notYoursToEnd: 'Only the person who asked for this, its approvers, and owners of the policy can cancel it.',
  details: 'Approval',
};
