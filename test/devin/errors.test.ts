import { describe, expect, test } from 'vitest';
import { type DevinErrorCode, parseProblem } from '../../src/devin/errors.ts';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  bodyText: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('a failed answer', () => {
  const codes: [number, DevinErrorCode][] = [
    [400, 'invalid-request'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [408, 'no-answer'],
    [409, 'conflict'],
    [422, 'invalid-request'],
    [429, 'rate-limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [302, 'no-answer'],
    [307, 'no-answer'],
    [402, 'payment-required'],
    [418, 'unexpected'],
    [499, 'no-answer'],
  ];

  test.each(codes)('with status %i is %s', (status, code) => {
    expect(parseProblem(answer(status, '')).failure).toEqual({
      kind: 'devin',
      code,
      status,
      detail: null,
      fieldErrors: [],
    });
  });

  test('prefers the detail of problem details to their title', () => {
    const { failure } = parseProblem(
      answer(409, { title: 'Conflict', status: 409, detail: 'It is archived.' }),
    );
    expect(failure.detail).toBe('It is archived.');
  });

  test('uses plain text, but not HTML or JSON of an unknown shape', () => {
    expect(parseProblem(answer(502, 'upstream is away\n')).failure.detail).toBe('upstream is away');
    expect(parseProblem(answer(502, '<html><h1>Bad gateway</h1></html>')).failure.detail).toBeNull();
    expect(parseProblem(answer(502, { request: { prompt: 'x' } })).failure.detail).toBeNull();
    expect(parseProblem(answer(502, ['x'])).failure.detail).toBeNull();
  });
});

test('field errors come from the errors in problem details, by location', () => {
  const errors = [
    { loc: ['body', 'devin_mode'], msg: 'Input should be normal or fast', input: 'turbo', type: 'enum' },
    { loc: ['body', 'session_secrets', 0, 'key'], msg: 'Too short' },
  ];
  const { failure } = parseProblem(
    answer(422, { title: 'Unprocessable', status: 422, detail: 'No.', errors }),
  );
  expect(failure.detail).toBe('No.');
  expect(failure.fieldErrors).toEqual([
    { field: 'devin_mode', message: 'Input should be normal or fast' },
    { field: 'session_secrets', message: '0.key: Too short' },
  ]);
});

describe('the time to wait', () => {
  test.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0' }, null],
    [{ 'retry-after': '-1' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '99999999' }, 86_400_000],
    [{ 'retry-after': '9'.repeat(400) }, 86_400_000],
    [{}, null],
  ])('of %j is %j ms', (headers, retryAfterMs) => {
    expect(parseProblem(answer(429, '', { ...headers })).retryAfterMs).toBe(retryAfterMs);
  });
});

describe('an echo of the request', () => {
  const prompt = 'Rotate the keys of the payment service, please';
  const sensitive = [prompt, 's3cr3t-value', 'ab'];

  test('is removed, whole or shortened', () => {
    const whole = parseProblem(
      answer(422, { detail: `Refused: ${prompt} (s3cr3t-value) about ab.` }),
      sensitive,
    );
    expect(whole.failure.detail).toBe('Refused: … (…) about ab.');
    const cut = parseProblem(answer(422, { detail: `Refused: ${prompt.slice(0, 30)}...` }), sensitive);
    expect(cut.failure.detail).toBe('Refused: …');
  });

  test('is removed from field errors, and their input is never read', () => {
    const errors = [{ loc: ['body', 'session_secrets'], msg: 's3cr3t-value is bad', input: 's3cr3t-value' }];
    const problem = parseProblem(answer(422, { title: 'No', errors }), sensitive);
    expect(JSON.stringify(problem)).not.toContain('s3cr3t');
  });
});
