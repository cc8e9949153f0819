import type { Sample } from '../sample/en.ts';
import type { CreateBody } from './schemas.ts';
import { repositoryOf, titleOf, type SessionChange } from './session-state.ts';

/** What Devin does next, and how long after the step before it. */
export type Step = SessionChange & {
  afterMs?: number;
  /** Waits until a person has written; `afterMs` counts from there. */
  afterReply?: boolean;
};

/** `question`: Devin asks something before it finishes. */
export type Script = 'normal' | 'question' | readonly Step[];

export type DevinWords = Sample['devin'];

const MARKUP = /[`*~<>[\]|\\]/g;

/** What a session does, in the words of its task. Devin stops at the cap. */
export function stepsOf(script: Script, request: CreateBody, say: DevinWords): readonly Step[] {
  if (typeof script !== 'string') return script;
  // It is quoted in the middle of a sentence.
  const task = titleOf(request.prompt)
    .replaceAll(MARKUP, '')
    .replace(/[.。]$/, '');
  const repository = repositoryOf(request);
  const used = (acus: number): number => Math.min(acus, request.max_acu_limit ?? Infinity);
  const asks = { status: 'running', statusDetail: 'waiting_for_user', message: say.asks(task, repository) };
  const work: Step[] =
    script === 'normal'
      ? [{ afterMs: 3000, message: say.reads(task, repository), acus: used(0.6) }]
      : [
          { afterMs: 3000, ...asks, acus: used(0.5) },
          { afterReply: true, afterMs: 2000, message: say.goesOn(task) },
        ];
  const finished = { status: 'running', statusDetail: 'finished', message: say.finished(task, repository) };
  return [
    { afterMs: 1000, status: 'claimed' },
    { afterMs: 2000, status: 'running', statusDetail: 'working' },
    ...work,
    { afterMs: 4000, pullRequest: { state: 'open' }, acus: used(1.4) },
    { afterMs: 4000, ...finished, acus: used(1.9) },
  ];
}

/** The steps after a person writes to a session that has played its script. */
export const afterReply = ({ done }: DevinWords): readonly Step[] => [
  { afterMs: 1000, status: 'running', statusDetail: 'working' },
  { afterMs: 3000, status: 'running', statusDetail: 'finished', message: done },
];
