import { describe, expect, test } from 'vitest';
import { faultsOf, faultsOfFailure } from '../../src/session/failure.ts';

const failure = (changes: {
  detail?: string | null;
  fieldErrors?: { field: string; message: string }[];
}) => ({
  kind: 'devin' as const,
  code: 'invalid-request',
  status: 422,
  detail: null,
  permission: null,
  fieldErrors: [],
  ...changes,
});

describe('a refusal by Devin', () => {
  const values = { prompt: 'fix it', platform: 'solaris', tags: ['a', 'release'] };

  test.each([
    [{ fieldErrors: [{ field: 'body.tags.0', message: 'Not allowed.' }] }, { tags: 'Not allowed.' }],
    [{ detail: "Unknown platform 'solaris'." }, { platform: "Unknown platform 'solaris'." }],
    [{ detail: 'The value Release may not be used.' }, { tags: 'The value Release may not be used.' }],
    [{ detail: 'Something else.' }, { prompt: 'Something else.' }],
    [{}, {}],
  ])('is shown at its field: %o', (changes, expected) => {
    const faults = faultsOfFailure(failure(changes), values);
    expect(Object.fromEntries(Object.entries(faults).map(([key, fault]) => [key, fault.said]))).toEqual(
      expected,
    );
  });

  test("has nothing to correct if Devin couldn't be reached", () => {
    expect(faultsOfFailure(null, values)).toEqual({});
    expect(faultsOfFailure({ ...failure({ detail: 'x' }), code: 'unavailable' }, values)).toEqual({});
  });
});

test('typed values are kept by field', () => {
  expect(
    faultsOf([
      { kind: 'bad-value', field: 'repos', value: 'web' },
      { kind: 'bad-value', field: 'repos', value: 'api' },
      { kind: 'missing-value', field: 'max_acu_limit' },
      { kind: 'no-task' },
    ]),
  ).toEqual({ repos: { typed: ['web', 'api'], said: null }, max_acu_limit: { typed: [], said: null } });
});
