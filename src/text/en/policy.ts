/** The policy file: what is wrong with it, what it decides, and why. */
export const policy = {
  usage: [
    'Usage:',
    '  npm run policy -- check FILE…',
    '  npm run policy -- explain FILE [--text "task and options"] [--user U…] [--email E] [--group S…]…',
    '    [--channel C…] [--channel-name N] [--kind public|private|direct|shared]… [--spent person=N,channel=N,month=N]',
  ].join('\n'),
  check: { fine: (rules: number): string => `The policy is valid. Rules: ${rules}.` },
  /** About what is valid, but hardly meant. */
  hints: {
    unreached: (above: string): string =>
      `this rule never decides: "${above}" above it matches everything. Move it up, or say in the other one whom or what it is for.`,
    'own-approval': (userId: string): string =>
      `${userId} can't get an approval here: nobody approves their own request. Name other approvers, too.`,
  },
  faults: {
    whole: 'The policy ',
    unreadable: (code: string): string => `can't be read (${code}): check the path and its permissions.`,
    blank: 'is empty: write {} if nothing is meant to be in it.',
    tooLarge: (most: number): string => `is larger than ${most / 1024} KB: shorten it.`,
    tooDeep: 'is nested too deeply: the format needs no more than a few levels.',
    tooMany: 'has too many parts: use fewer entries and aliases.',
    alias:
      'names an anchor that is not defined before it: quote text that begins with *, as in "*@acme.example", or define the anchor first.',
    tag: 'has a tag (!): write plain text, numbers and lists.',
    comment: 'ends at #, which begins a comment: quote the text, or write a space after #.',
    key: 'must be a plain word: use only the keys of the format.',
    repeatedKey: (key: string): string => `${key} appears twice: keep one.`,
    documents: 'starts a second document: keep one per file.',
    syntax: (reason: string): string =>
      `isn't valid YAML: ${reason} Indent the keys of each part equally, with spaces, and quote text with #, * or a colon.`,
    unknownKey: (key: string, known: string): string =>
      `${key} isn't a key of the format. Known here: ${known}.`,
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
    tooLong: (most: string): string => `is too long: at most ${most} characters.`,
    tooManyEntries: (most: string): string => `has too many entries: at most ${most}.`,
    person:
      'must be a Slack user id (U0123), a user group id (S0123) or an email pattern with @ ("*@acme.example").',
    member: 'must be a Slack user id (U0123) or a user group id (S0123).',
    channel: 'must be a channel id (C0123), a name with # ("#proj-*"), public, private, direct or shared.',
    mode: 'must be a mode that Devin has (normal, fast, lite, ultra, fusion), or a pattern with *.',
    repository: 'must be a repository, such as acme/web: no pattern.',
    duration: 'must be minutes, hours or days up to 30d, such as 30m, 4h or 2d.',
    name: 'must be one line.',
    'limit-name': 'looks like a limit: give the rule a name that does not begin with `limits.`.',
    twice: 'is already the name of an earlier rule: give each rule its own name.',
    'approval-only': 'works only with `then: approve`: remove it, or change `then`.',
    'no-approvers': 'needs people to approve: name them in `approvers` or in `owners`.',
    'too-few-approvers': 'is more than the number of approvers: lower it, or name more.',
    'above-limit': 'is above limits.acu_per_session: nothing could start here. Lower it, or raise the limit.',
  },
  /** Private, to the person who asked; what the rule says follows. */
  refusal: (rule: string): string => `The policy of this app doesn't allow that (rule: ${rule}).`,
  perSession: (most: string): string => `A session's cap can be up to ${most} ACU (\`--acu ${most}\`).`,
  /** Budgets in ACU; days and months are those of UTC. */
  ceilings: {
    left: {
      acu_per_person_per_day: (left: string, most: string): string =>
        `You have ${left} of ${most} ACU left today.`,
      acu_per_channel_per_day: (left: string, most: string): string =>
        `This channel has ${left} of ${most} ACU left today.`,
      acu_per_month: (left: string, most: string): string =>
        `Everyone together has ${left} of ${most} ACU left this month.`,
    },
    asked: (acu: string): string => `This session's cap is ${acu} ACU.`,
    askedAll: 'A session needs at least 1.',
    /** `when`: in the reader's time zone. The app counts what sessions that are in progress may still use. */
    renews: (when: string): string =>
      `More is available from ${when}, or when a session in progress uses less than its cap.`,
    lower: (acu: string): string => `To start now, use a cap of ${acu} or less (\`--acu ${acu}\`).`,
    wait: 'Try again then, or ask an owner of the policy.',
  },
  mentionsOff: (command: string): string =>
    `Mentioning the app starts nothing here: the policy of this app has switched it off. Use ${command} instead.`,
  /** `why`: private, to the person who asks. */
  why: {
    session: { any: 'a session', asked: 'this session' },
    allowed: (session: string): string => `You can start ${session} here.`,
    approval: (session: string): string => `You need an approval to start ${session} here.`,
    refused: (session: string): string => `You can't start ${session} here now.`,
    lowerCap: (session: string): string => `You can start ${session} here with a lower cap.`,
    noPolicy: 'No policy applies.',
    /** `names`: mentions and addresses. */
    approvers: (need: number, names: string): string =>
      need === 1 ? `Who can approve it: ${names}.` : `${need} of these people must approve it: ${names}.`,
    lacksApprovers:
      'Not enough people besides you can approve it. Ask an app admin to name more approvers in the policy.',
    limits: 'Limits:',
    openSessions: (open: number, most: number): string =>
      `Open sessions: ${open} of ${most} (${Math.max(most - open, 0)} left)`,
    startsPerHour: (started: number, most: number): string =>
      `Started in the last hour: ${started} of ${most} (${Math.max(most - started, 0)} left)`,
    perSession: (most: number): string => `ACU cap of a session: up to ${most}`,
    nothingDecided: 'Nothing was checked.',
    notKnown:
      "This app couldn't check who you are or where you asked just now. Nothing was started. Try again in a minute. If it happens again, tell an app admin.",
  },
  linking: 'How linking works',
  explain: {
    allowed: 'allowed',
    refused: (rule: string): string => `refused: ${rule}`,
    approval: (rule: string): string => `approval: ${rule}`,
    byRule: (rule: string): string => `The rule "${rule}" allows it.`,
    noRule: 'No rule of the policy applies.',
    says: (sentence: string): string => `Says: ${sentence}`,
    ceiling: {
      acu_per_person_per_day: 'The session might go over the daily budget of the person.',
      acu_per_channel_per_day: 'The session might go over the daily budget of the channel.',
      acu_per_month: 'The session might go over the monthly budget.',
    },
    sessionLimit: 'The ACU cap is above what the policy allows for one session.',
    decides: (rule: string): string => `The rule "${rule}" decides.`,
    /** A line for each rule follows: its name, and the keys that don't match. */
    passedOver: "Rules that don't apply, and what doesn't match:",
    left: (limit: string, left: string, most: string): string => `${limit}: ${left} of ${most} ACU left.`,
    nothingSpent: 'Assumes that nothing is spent so far; set that with `--spent person=N,channel=N,month=N`.',
    values: 'Set by the policy:',
    defaults: 'Defaults of the channel:',
    value: (line: string): string => `  ${line}`,
    instructions: 'Standing instructions:',
    /** What is wrong with an option of the command line. */
    options: {
      userId:
        '`--user` must be a Slack user id, such as U0123: open the profile in Slack, then ⋮ > Copy member ID.',
      kinds: (known: string): string => `\`--kind\` must be one of: ${known}.`,
      spending: '`--spent` must be ACU by limit, such as person=8,month=1950; use person, channel and month.',
    },
    noText: '`--text` has a problem:',
  },
};
