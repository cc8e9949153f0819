import { z } from 'zod';
import type { State } from '../state.ts';

/** An answer of `ok: false`. */
export class ApiError extends Error {
  readonly code: string;
  readonly extra: Record<string, unknown>;
  constructor(code: string, extra: Record<string, unknown> = {}) {
    super(code);
    this.name = 'ApiError';
    this.code = code;
    this.extra = extra;
  }
}

/** Slack's form for arguments or blocks that break its rules. */
export function refusal(
  code: 'invalid_arguments' | 'invalid_blocks',
  violations: readonly string[],
): ApiError {
  return new ApiError(code, {
    response_metadata: { messages: violations.map((violation) => `[ERROR] ${violation}`) },
  });
}

export type Reply = Record<string, unknown>;

export type ApiMethod = {
  token: 'bot' | 'app';
  scopes: readonly string[];
  run: (args: Record<string, unknown>, state: State) => Reply;
};

type Definition<T extends z.ZodType> = {
  token?: 'bot' | 'app';
  scopes?: readonly string[];
  args: T;
  run: (args: z.output<T>, state: State) => Reply;
};

/** Unknown arguments are ignored, as by Slack. */
export function method<T extends z.ZodType>({
  token = 'bot',
  scopes = [],
  args,
  run,
}: Definition<T>): ApiMethod {
  return {
    token,
    scopes,
    run(given, state) {
      const parsed = args.safeParse(given);
      if (parsed.success) return run(parsed.data, state);
      throw refusal(
        'invalid_arguments',
        parsed.error.issues.map((issue) => `${issue.message} [json-pointer:/${issue.path.join('/')}]`),
      );
    },
  };
}

/** A truth value, as a form has it. */
export const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

/** How many items of a list. https://docs.slack.dev/reference/methods/conversations.history */
export const limit = z.coerce.number().int().min(1).max(999).default(100);

export const id = z.string().min(1);
