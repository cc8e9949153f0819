/** A session's Details. */
export const details = {
  title: 'Session details',
  headings: { asked: 'What was asked', context: 'Context', support: 'Copy for support' },
  included: 'Included',
  onlyTask: 'Only the task.',
  /** What the policy added to the task. */
  instructions: 'Standing instructions',
  leftOut: 'Left out',
  unticked: (counts: string): string => `${counts}, by the requester.`,
  /** Where a value comes from if not from the request. */
  why: {
    workspace: 'workspace default',
    channel: 'channel default',
    person: 'personal default',
    policy: 'set by policy',
    app: 'added by this app',
  },
  withWhy: (label: string, why: string): string => `${label} (${why})`,
  /** For a value that isn't shown. */
  isSet: 'set',
  none: 'None',
  yes: 'yes',
  no: 'no',
  /** Secrets are shown by their keys only. */
  secretKeys: (keys: string): string => `${keys} (values are never shown)`,
  cut: '(shortened)',
  andMore: (count: number): string => `and ${count} more`,
};
