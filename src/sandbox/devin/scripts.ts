import type { SessionChange } from './session-state.ts';

/** What Devin does next, and how long after the step before it. */
export type Step = SessionChange & {
  afterMs?: number;
  /** Waits until a person has written; `afterMs` counts from there. */
  afterReply?: boolean;
};

const started: Step[] = [
  { afterMs: 1000, status: 'claimed' },
  { afterMs: 2000, status: 'running', statusDetail: 'working' },
];

const finished: Step[] = [
  { afterMs: 4000, pullRequest: { state: 'open' }, acus: 1.4 },
  {
    afterMs: 4000,
    status: 'running',
    statusDetail: 'finished',
    message: 'Done: the fix is in the pull request, with a test that failed before it.',
    acus: 1.9,
  },
];

const SCRIPTS = {
  normal: [
    ...started,
    { afterMs: 3000, message: 'Reproduced it: the session cookie expires during the redirect.', acus: 0.6 },
    ...finished,
  ],
  question: [
    ...started,
    {
      afterMs: 3000,
      status: 'running',
      statusDetail: 'waiting_for_user',
      message: 'Two branches look like the base of this work. Should I start from `main` or from `release`?',
      acus: 0.5,
    },
    { afterReply: true, afterMs: 2000, message: 'Thank you, going on from there.' },
    ...finished,
  ],
  fails: [
    ...started,
    { afterMs: 3000, message: 'The machine cannot be set up.', acus: 0.2 },
    { afterMs: 1000, status: 'error' },
  ],
  capped: [
    ...started,
    { afterMs: 3000, message: 'Still looking through the history.', acus: 0.8 },
    { afterMs: 3000, status: 'suspended', statusDetail: 'usage_limit_exceeded', acus: 'limit' },
  ],
  slow: [{ afterMs: 60_000, status: 'claimed' }, { afterMs: 60_000, status: 'running' }, ...finished],
} as const satisfies Record<string, readonly Step[]>;
export type ScriptName = keyof typeof SCRIPTS;

export type Script = ScriptName | readonly Step[];

/** What follows when a person writes to a session whose script has ended. */
export const AFTER_REPLY: readonly Step[] = [
  { afterMs: 1000, status: 'running', statusDetail: 'working' },
  { afterMs: 3000, status: 'running', statusDetail: 'finished', message: 'Done.' },
];

export const stepsOf = (script: Script): readonly Step[] =>
  typeof script === 'string' ? SCRIPTS[script] : script;
