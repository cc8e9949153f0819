import type { CreateBody } from './schemas.ts';
import { repositoryOf, titleOf, type SessionChange } from './session-state.ts';

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

/** What the scripts know of their task. */
type Task = { words: string; repository: string };

const MARKUP = /[`*~<>[\]|\\]/g;

const taskOf = (request: CreateBody): Task => ({
  // It is quoted in the middle of a sentence.
  words: titleOf(request.prompt)
    .replaceAll(MARKUP, '')
    .replace(/[.。]$/, ''),
  repository: repositoryOf(request),
});

const finished = ({ words, repository }: Task): Step[] => [
  { afterMs: 4000, pullRequest: { state: 'open' }, acus: 1.4 },
  {
    afterMs: 4000,
    status: 'running',
    statusDetail: 'finished',
    message: `Done with "${words}": the pull request is in ${repository}, with a test that failed before it.`,
    acus: 1.9,
  },
];

/** Every kind of Markdown that Slack shows differently. */
const report = ({ words, repository }: Task): string => `## Where the time goes

For **${words}**, I ran the import of ${repository} five times on \`main\`:

| Step           | Before | After |
| -------------- | -----: | ----: |
| Read orders    | 31 min | 2 min |
| Match refunds  |  8 min | 1 min |
| Write totals   |  2 min | 2 min |

What changed:

1. Orders are read once
   - with one query a day, not one an order
   - from the [replica](https://example.com/replica), ~~not the primary~~
2. Refunds are matched in memory
   - [x] with a test
   - [ ] behind a flag, *if you want one*

\`\`\`sql
select id, total
from orders
where day = $1 and total <> 0
order by id;
\`\`\`

> The totals are the same to the cent.

The single runs are in the file.`;

const SCRIPTS = {
  normal: (task) => [
    ...started,
    {
      afterMs: 3000,
      message: `Read ${task.repository} for "${task.words}". Next comes a test that fails, then the change.`,
      acus: 0.6,
    },
    ...finished(task),
  ],
  question: (task) => [
    ...started,
    {
      afterMs: 3000,
      status: 'running',
      statusDetail: 'waiting_for_user',
      message: `For "${task.words}", two branches of ${task.repository} could be the base. Should I start from \`main\` or from \`release\`?`,
      acus: 0.5,
    },
    { afterReply: true, afterMs: 2000, message: `Thank you. Back to work on "${task.words}".` },
    ...finished(task),
  ],
  fails: ({ words, repository }) => [
    ...started,
    {
      afterMs: 3000,
      message: `Cannot start on "${words}": the setup of ${repository} does not build.`,
      acus: 0.2,
    },
    { afterMs: 1000, status: 'error' },
  ],
  capped: ({ words, repository }) => [
    ...started,
    {
      afterMs: 3000,
      message: `Still reading the history of ${repository} for "${words}".`,
      acus: 0.8,
    },
    { afterMs: 3000, status: 'suspended', statusDetail: 'usage_limit_exceeded', acus: 'limit' },
  ],
  report: (task) => [
    ...started,
    {
      afterMs: 3000,
      message: report(task),
      attachments: [
        {
          name: 'import-runs.csv',
          content: 'run,before_min,after_min\n1,41,5\n2,42,5\n3,40,6\n4,41,5\n5,43,5\n',
          contentType: 'text/csv',
        },
      ],
      acus: 0.9,
    },
    ...finished(task),
  ],
  slow: (task) => [
    { afterMs: 60_000, status: 'claimed' },
    { afterMs: 60_000, status: 'running' },
    ...finished(task),
  ],
} as const satisfies Record<string, (task: Task) => readonly Step[]>;
export type ScriptName = keyof typeof SCRIPTS;

export type Script = ScriptName | readonly Step[];

/** The steps after a person writes to a session that has played its script. */
export const AFTER_REPLY: readonly Step[] = [
  { afterMs: 1000, status: 'running', statusDetail: 'working' },
  { afterMs: 3000, status: 'running', statusDetail: 'finished', message: 'Done.' },
];

export const stepsOf = (script: Script, request: CreateBody): readonly Step[] =>
  typeof script === 'string'
    ? SCRIPTS[script](taskOf(request)).map((step) => withinCap(step, request))
    : script;

/** Devin stops at the cap. */
function withinCap(step: Step, { max_acu_limit: cap }: CreateBody): Step {
  return typeof step.acus === 'number' ? { ...step, acus: Math.min(step.acus, cap ?? Infinity) } : step;
}
