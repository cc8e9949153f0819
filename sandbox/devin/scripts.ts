import type { Sample } from '../sample/en.ts';
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

export type DevinWords = Sample['devin'];

/** What the scripts know of their task, and in which words they speak. */
type Task = { words: string; repository: string; say: DevinWords };

const MARKUP = /[`*~<>[\]|\\]/g;

const taskOf = (request: CreateBody, say: DevinWords): Task => ({
  say,
  // It is quoted in the middle of a sentence.
  words: titleOf(request.prompt)
    .replaceAll(MARKUP, '')
    .replace(/[.。]$/, ''),
  repository: repositoryOf(request),
});

const finished = ({ words, repository, say }: Task): Step[] => [
  { afterMs: 4000, pullRequest: { state: 'open' }, acus: 1.4 },
  {
    afterMs: 4000,
    status: 'running',
    statusDetail: 'finished',
    message: say.finished(words, repository),
    acus: 1.9,
  },
];

const SCRIPTS = {
  normal: (task) => [
    ...started,
    {
      afterMs: 3000,
      message: task.say.reads(task.words, task.repository),
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
      message: task.say.asks(task.words, task.repository),
      acus: 0.5,
    },
    { afterReply: true, afterMs: 2000, message: task.say.goesOn(task.words) },
    ...finished(task),
  ],
  report: (task) => [
    ...started,
    {
      afterMs: 3000,
      message: task.say.report(task.words, task.repository),
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
export type Script = keyof typeof SCRIPTS | readonly Step[];

/** The steps after a person writes to a session that has played its script. */
export const afterReply = ({ done }: DevinWords): readonly Step[] => [
  { afterMs: 1000, status: 'running', statusDetail: 'working' },
  { afterMs: 3000, status: 'running', statusDetail: 'finished', message: done },
];

export const stepsOf = (script: Script, request: CreateBody, say: DevinWords): readonly Step[] =>
  typeof script === 'string'
    ? SCRIPTS[script](taskOf(request, say)).map((step) => withinCap(step, request))
    : script;

/** Devin stops at the cap. */
function withinCap(step: Step, { max_acu_limit: cap }: CreateBody): Step {
  return typeof step.acus === 'number' ? { ...step, acus: Math.min(step.acus, cap ?? Infinity) } : step;
}
