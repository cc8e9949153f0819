/** Requests that need an approval. Mentions, titles and moments come escaped where a message shows them. */
export const approval = {
  someone: 'An approver',
  /** Private, to the person who asked. */
  nobody: (rule: string): string =>
    `This needs an approval (rule: ${rule}), and not enough people besides you can give it. Ask an app admin to name more approvers in the policy.`,
  reason: (words: string): string => `Their reason: ${words}`,
  /** To the owners of the policy. */
  lacking: {
    title: 'Too few people can approve a Devin session',
    why: (rule: string): string =>
      `Rule: ${rule}. The policy names too few approvers, or some of them left Slack or their user group, or became guests.`,
    next: 'Requests that wait for them stay as they are. Add approvers to the policy, or people to the user group, and the app asks them.',
  },
  /** On the card. Plain. */
  onCard: {
    waits: (rule: string, left: number, names: string): string =>
      left === 1
        ? `Not started yet: this needs an approval from ${names} (rule: ${rule}).`
        : `Not started yet: this needs ${left} approvals, from ${names} (rule: ${rule}).`,
    names: (names: readonly string[], more: number): string => {
      if (more > 0) return `${names.join(', ')} or ${more} more`;
      const last = names.at(-1) ?? '';
      return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
    },
    lacks: (rule: string): string =>
      `Not started yet: too few people can approve this now (rule: ${rule}). Ask an app admin to add approvers to the policy; the app then asks them.`,
    soFar: (names: string): string => `Approved so far by ${names}.`,
    approved: (names: string, rule: string): string => `Approved by ${names} (rule: ${rule}).`,
  },
  /** `when`: a moment. */
  until: (when: string): string => `until ${when}`,
  /** To an approver. */
  message: {
    title: 'Approve this Devin session?',
    over: 'An approval for a Devin session',
    asks: (who: string, where: string): string => `${who} wants to start a Devin session in ${where}.`,
    direct: 'a direct message',
    rule: (rule: string, need: number): string =>
      need === 1 ? `Rule: ${rule}` : `Rule: ${rule} (${need} approvals needed)`,
    cut: 'There is more. Details show all of it.',
    /** `most`: the highest cap of a session, if this one is higher. */
    cost: (cap: string | null, most: string | null): string => {
      if (cap === null) return 'No cap: it may use any number of ACU.';
      return most === null
        ? `Up to ${cap} ACU.`
        : `Up to ${cap} ACU. The policy allows ${most} for a session.`;
    },
    /** Of the budget that it would exceed; its rule names it. */
    left: (left: string, most: string): string => `When this was asked, ${left} of ${most} ACU were left.`,
    runsAs: (name: string): string => `Runs as ${name}.`,
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
    ended: {
      approved: (names: string): string => `Approved by ${names}.`,
      declined: (name: string): string => `${name} declined this request.`,
      expired: (_name: string): string => 'Nobody approved this request in time.',
      replaced: (name: string): string =>
        `${name} changed this request and asked for the changed one instead.`,
      left: (_name: string): string => 'The person who asked for this session left Slack.',
      changed: (_name: string): string =>
        'The policy or its approvers changed, so this approval no longer counts.',
      notAsked: (_name: string): string => 'You can no longer decide about this.',
      /** An earlier attempt turned up. */
      started: (_name: string): string => 'No longer needed: its session was found.',
      canceled: (_name: string): string => 'Canceled before it was approved.',
    },
  },
  /** Private, to an approver who changed a request that can't be replaced. */
  notReplaced: {
    over: "The request you changed was decided, canceled, or sent for a new approval in the meantime, so your version wasn't started. Start it only if you need both.",
    notAsked: "You aren't an approver of the request you changed, so your changed one wasn't started.",
  },
  /** Private, to the person who pressed. */
  refused: {
    own: "You can't approve your own request. Ask another approver.",
    sameAccount:
      "This session would run as your Devin account, so you can't approve it. Ask another approver.",
    notAsked: "You aren't an approver of this request. Nothing was changed.",
    over: 'This request was already decided or canceled. Nothing was changed.',
    expired: 'Nobody approved this request in time, so it has ended.',
    busy: "This app couldn't check who can approve this just now, so nothing was changed. Try again in a minute.",
  },
  dialog: {
    title: 'Decline this request',
    label: 'Reason',
    hint: 'The person who asked sees it, with your name.',
    empty: 'Add a reason.',
  },
  details: 'Approval',
};
