/** Requests that need an approval. Mentions, titles and moments come escaped where a message shows them. */
export const approval = {
  someone: 'An approver',
  reason: (words: string): string => `Their reason: ${words}`,
  /** On the card. Plain. */
  onCard: {
    waits: (left: number, names: string): string =>
      left === 1 ? `Waiting for approval from ${names}.` : `Waiting for ${left} approvals, from ${names}.`,
    names: (names: readonly string[], more: number): string => {
      if (more > 0) return `${names.join(', ')} or ${more} more`;
      const last = names.at(-1) ?? '';
      return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
    },
    soFar: (names: string): string => `Approved so far by ${names}.`,
    approved: (names: string): string => `Approved by ${names}.`,
  },
  /** `when`: a moment. */
  until: (when: string): string => `until ${when}`,
  /** To an approver. */
  message: {
    asks: (task: string, who: string, where: string): string =>
      `Start ${task} for ${who}? Requested in ${where}.`,
    direct: 'a direct message',
    rule: (rule: string): string => `Rule: ${rule}`,
    need: (approvals: number): string => `Needs ${approvals} approvals.`,
    cut: 'This is cut: it is too long for a message. Read all of it before you start it.',
    readAll: 'Read all of it',
    /** `most`: the highest cap of a session, if this one is higher. */
    cost: (cap: string | null, most: string | null): string => {
      if (cap === null) return 'No ACU cap.';
      return most === null
        ? `Up to ${cap} ACU.`
        : `Up to ${cap} ACU. The policy allows ${most} for a session.`;
    },
    /** Of the budget that it would exceed; its rule names it. */
    left: (money: string): string => `Budget when this was asked: ${money}.`,
    quotes: (messages: number, asFile: boolean): string => {
      const counted = messages === 1 ? 'With 1 message from Slack' : `With ${messages} messages from Slack`;
      return asFile ? `${counted}, as a file.` : `${counted}.`;
    },
    files: (names: string): string => `Files: ${names}.`,
    leftOut: (count: number): string =>
      count === 1 ? '1 file or message was left out.' : `${count} files or messages were left out.`,
    instructions: (words: string): string => `The policy adds: ${words}`,
    secrets: (names: string): string => `Session secrets: ${names}.`,
    until: (when: string): string => `Waits until ${when}. Without an answer, nothing starts.`,
    approve: 'Start session',
    decline: 'Decline',
    /** Plain, also to the requester. Another sentence says whether anything was started. */
    approved: (task: string): string => `Approved: ${task}`,
    ended: {
      approved: (names: string): string => `By ${names}.`,
      declined: (name: string): string => `${name} declined this request.`,
      expired: (_name: string): string => 'Nobody approved this request in time.',
      'request-changed': (_name: string): string =>
        'What would be sent, or as whom, changed after this approval was requested, so it ended.',
      'file-changed': (_name: string): string =>
        'A file changed after this approval was requested, so it ended.',
      'policy-changed': (_name: string): string =>
        'The policy changed after this approval was requested, so it ended.',
      'approvers-changed': (_name: string): string =>
        'The people who can approve this changed after this approval was requested, so it ended.',
      /** An earlier attempt turned up. */
      started: (_name: string): string => 'No longer needed: its session was found.',
      canceled: (name: string): string => `Canceled by ${name} before it was approved.`,
    },
  },
  /** Private, to the person who pressed. */
  refused: {
    own: "You can't approve your own request. Ask another approver.",
    sameAccount:
      "This session would run as your Devin account, so you can't approve it. Ask another approver.",
    notAsked: "You aren't an approver of this request. Nothing was changed.",
    over: 'This request was already decided or canceled. Nothing was changed.',
    expired: 'Nobody approved this request in time, so it has ended.',
    /** The reason follows. */
    notNow: "This can't start right now, so nothing was changed. Press the button again later.",
  },
  dialog: {
    title: 'Decline this request',
    label: 'Reason',
    hint: 'The person who asked sees it, with your name.',
    empty: 'Add a reason.',
  },
  /** To a person who presses Cancel. */
  notYoursToEnd: 'Only the person who asked for this, its approvers, and owners of the policy can cancel it.',
  details: 'Approval',
};
