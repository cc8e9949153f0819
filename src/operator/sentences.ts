import type { ConfigProblem } from '../config.ts';
import { StoreError } from '../store/store-error.ts';
import type { Text } from '../text/index.ts';

/** Why the app doesn't start, as far as Slack and Devin say. */
export type StartProblem =
  | { kind: 'notABot' | 'devinKey' | 'notAServiceUser' }
  /** `reason`: of the system or a library. */
  | { kind: 'slackUnreachable' | 'slackAddress' | 'devinUnreachable'; reason: string }
  | { kind: 'slackBusy'; seconds: number }
  | { kind: 'slackToken' | 'appToken'; code: string }
  | { kind: 'otherOrganization'; orgId: string }
  /** `code`: of the system, such as EADDRINUSE. */
  | { kind: 'address'; host: string; port: number; code: string }
  /** One line for each error, with the variable and its place in the file. */
  | { kind: 'file'; lines: readonly string[] };

/** Aborts the start. `operatorSentence` says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code = 'start';
  readonly problem: StartProblem;

  constructor(problem: StartProblem, options?: ErrorOptions) {
    super(JSON.stringify(problem), options);
    this.problem = problem;
  }
}

export type OperatorError = StartError | StoreError;

/** It has a sentence that says what to do; a stack trace wouldn't help. */
export function isForOperator(error: unknown): error is OperatorError {
  return error instanceof StartError || error instanceof StoreError;
}

/** What happened, and what the person who runs the app can do. */
export function operatorSentence(error: OperatorError, text: Text): string {
  return error instanceof StartError ? startSentence(error.problem, text) : storeSentence(error, text);
}

export function startSentence(problem: StartProblem, { start }: Text): string {
  switch (problem.kind) {
    case 'slackToken':
    case 'appToken':
      return start[problem.kind](problem.code);
    case 'slackUnreachable':
    case 'slackAddress':
    case 'devinUnreachable':
      return start[problem.kind](problem.reason);
    case 'slackBusy':
      return start.slackBusy(problem.seconds);
    case 'otherOrganization':
      return start.otherOrganization(problem.orgId);
    case 'address':
      return start.address(problem);
    case 'file':
      return problem.lines.join('\n');
    default:
      return start[problem.kind];
  }
}

function storeSentence({ problem }: StoreError, { store }: Text): string {
  switch (problem.code) {
    case 'database-unreachable':
      return store.unreachable(problem.server);
    case 'database-untrusted':
      return store.untrusted(problem.server);
    case 'database-refused':
      return store.refused(problem.server);
    case 'database-full':
      return store.full(problem.server);
    case 'database-forbidden':
      return store.forbidden;
    case 'database-missing':
      return store.missing(problem.server);
    case 'folder-in-use':
      return store.inUse(problem.folder, problem.pid);
    case 'folder-unusable':
      return store.unusable(problem.folder);
    case 'folder-incomplete':
      return store.incomplete(problem.folder);
    case 'folder-unreadable':
      return store.unreadable(problem.folder);
    case 'disk-full':
      return store.diskFull(problem.folder);
    case 'too-few-files':
      return store.tooFewFiles(problem.least);
    case 'disk-failed':
      return store.diskFailed(problem.folder, problem.reason);
    case 'migration-failed':
      return store.migration(problem.migration);
    case 'database-newer':
      return store.newer(problem.migration);
    case 'secrets-key-invalid':
      return store.secretsKey(problem.where);
  }
}

/** One line that begins with the variable's name. */
export function configSentence(problem: ConfigProblem, { config }: Text): string {
  switch (problem.kind) {
    case 'variable':
      return `${problem.name} ${config.variables[problem.name]}`;
    case 'notAlone':
      return config.notAlone(problem.name);
    default:
      return config[problem.kind];
  }
}
