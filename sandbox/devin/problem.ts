import { STATUS_CODES } from 'node:http';

/** One entry of a 422. FastAPI repeats what was sent in `input`, secrets included, so a client must not log it. */
export type FieldError = { loc: (string | number)[]; msg: string; type: string; input?: unknown };

/** A refusal, answered as RFC 9457 problem details. https://www.rfc-editor.org/rfc/rfc9457 */
export class ApiProblem extends Error {
  readonly status: number;
  readonly errors: FieldError[] | null;

  constructor(status: number, detail: string, errors: FieldError[] | null = null) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.errors = errors;
  }
}

export function problemBody(problem: ApiProblem, instance: string): Record<string, unknown> {
  return {
    type: 'about:blank',
    title: STATUS_CODES[problem.status],
    status: problem.status,
    detail: problem.message,
    instance,
    errors: problem.errors,
  };
}

export const notFound = (what: string): ApiProblem => new ApiProblem(404, `${what} not found`);

export const missingPermission = (permission: string): ApiProblem =>
  new ApiProblem(403, `Missing required permission: ${permission}`);

export const unprocessable = (errors: FieldError[]): ApiProblem =>
  new ApiProblem(422, errors.map((error) => `${error.loc.join('.')}: ${error.msg}`).join('; '), errors);
