/** One entry of a 422. FastAPI repeats what was sent in `input`, secrets included, so a client must not log it. */
export type FieldError = { loc: (string | number)[]; msg: string; type: string; input?: unknown };

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

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
    title: TITLES[problem.status] ?? 'Error',
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
