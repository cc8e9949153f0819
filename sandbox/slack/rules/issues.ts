import type { z } from 'zod';
import type { Violation } from './relations.ts';

/** Violations in the words Slack uses in `response_metadata.messages`. */
export function toViolations(error: z.ZodError, at = ''): Violation[] {
  return error.issues.flatMap((issue) => explain(issue, at));
}

export function describe({ pointer, message }: Violation): string {
  return `${message} [json-pointer:${pointer}]`;
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue, at: string): Violation[] {
  const pointer = [at, ...issue.path.map(String)].join('/');
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return issue.errors[0]?.flatMap((inner) => explain(inner, pointer)) ?? [];
  }
  return [{ pointer, message: sentence(issue) }];
}

function sentence(issue: Issue): string {
  if (issue.code === 'too_big') return tooBig(issue);
  if (issue.code === 'too_small') return tooSmall(issue);
  if (issue.code === 'unrecognized_keys') return `invalid additional property: ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union') return 'unsupported type';
  if (issue.code !== 'invalid_type') return issue.message;
  return issue.message.includes('received undefined')
    ? 'missing required field'
    : `must be of type ${issue.expected}`;
}

function tooBig({ origin, maximum }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string') return `must be less than ${Number(maximum) + 1} characters`;
  return origin === 'array' ? `no more than ${maximum} items allowed` : `must be at most ${maximum}`;
}

function tooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return `must be more than ${Number(minimum) - 1} characters`;
  return origin === 'array' ? `no fewer than ${minimum} items allowed` : `must be at least ${minimum}`;
}
