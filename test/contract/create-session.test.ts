import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { sessionCreateRequestSchema } from '../../src/session/request.ts';
import {
  answeredSessionSchema,
  createdSessionSchema,
  sessionSnapshotSchema,
  toSnake,
  toWire,
} from '../../src/session/snapshot.ts';
import { KEY, ORG, SESSION, startDevin } from '../devin/local-api.ts';
import { kindsOf, membersOf, withoutWords, withWords, wordsOf } from './json-schema.ts';

/**
 * What Devin has but this copy of its reference lacks. Everything else must agree in both directions.
 * https://docs.devin.ai/v3-openapi.yaml is newer than the page of the one endpoint.
 */
const NEWER = {
  request: {
    /** The mode that `!fusion` picks in Devin's own Slack app: https://docs.devin.ai/integrations/slack */
    devin_mode: ['fusion'],
  },
  /** The mode the session runs in. */
  responseFields: ['devin_mode'],
};

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.object({
      post: z.object({
        parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean() })),
      }),
    }),
  ),
  components: z.object({
    schemas: z
      .object({ SessionCreateRequest: z.unknown(), SessionResponse: z.unknown() })
      .catchall(z.unknown()),
  }),
});

const published: unknown = parse(
  readFileSync(new URL('create-session.openapi.yaml', import.meta.url), 'utf8'),
);
const { paths, components } = documentSchema.parse(published);
const endpoint = '/v3/organizations/{org_id}/sessions';
const parameters = paths[endpoint]?.post.parameters ?? [];

/** A JSON schema with Devin's names of members in the place of ours. */
function asDevinNamesIt(schema: object): unknown {
  const named: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === 'properties') return toWire(z.record(z.string(), z.unknown()).parse(value));
    return key === 'required' ? z.array(z.string()).parse(value).map(toSnake) : value;
  });
  return named;
}

const definitions = components.schemas;
const theirs = {
  request: membersOf(definitions.SessionCreateRequest, definitions),
  response: membersOf(definitions.SessionResponse, definitions),
};
const ours = {
  request: membersOf(z.toJSONSchema(sessionCreateRequestSchema, { io: 'input' }), {}),
  response: membersOf(asDevinNamesIt(z.toJSONSchema(sessionSnapshotSchema, { io: 'input' })), {}),
};

const ajv = new Ajv2020({ strict: false });
ajv.addFormat('uri', (value) => URL.canParse(value));
ajv.addSchema(z.record(z.string(), z.unknown()).parse(published), 'devin');

const checks = {
  SessionCreateRequest: ajv.compile({ $ref: 'devin#/components/schemas/SessionCreateRequest' }),
  SessionResponse: ajv.compile({ $ref: 'devin#/components/schemas/SessionResponse' }),
};

function isPublished(name: keyof typeof checks, value: unknown): boolean {
  return checks[name](value);
}

const secret = (key: string, value: string, rest: object = {}) => [{ key, value, ...rest }];
const address = (length: number) => `https://a.test/${'x'.repeat(length - 'https://a.test/'.length)}`;

/** Every member, with the longest values that the reference allows. */
const FULL = {
  prompt: 'Fix it',
  title: 'Fix the login test',
  tags: ['web'],
  repos: ['acme/web'],
  playbook_id: 'playbook-1',
  child_playbook_id: 'playbook-2',
  knowledge_ids: [],
  secret_ids: ['secret-1'],
  session_secrets: secret('k'.repeat(256), 'v'.repeat(65_536), { sensitive: false }),
  attachment_urls: [address(2083)],
  session_links: ['devin-0123456789abcdef0123456789abcdef'],
  create_as_user_id: 'user-1',
  devin_mode: 'ultra',
  max_acu_limit: 5,
  platform: 'windows',
  resumable: false,
  bypass_approval: true,
  structured_output_schema: { type: 'object' },
  structured_output_required: false,
};

describe('the request', () => {
  const expected = withWords(theirs.request, NEWER.request);

  test('has the published members and no others', () => {
    expect(Object.keys(ours.request).sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.keys(expected))('matches the published %s: required, types, values', (name) => {
    expect(kindsOf(ours.request, name)).toEqual(kindsOf(expected, name));
  });

  test('can have every member', () => {
    expect(Object.keys(FULL).sort()).toEqual(Object.keys(expected).sort());
    expect(sessionCreateRequestSchema.parse(FULL)).toEqual(FULL);
    expect(isPublished('SessionCreateRequest', FULL)).toBe(true);
  });

  test('refuses an unpublished member', () => {
    expect(sessionCreateRequestSchema.safeParse({ prompt: 'x', snapshot_id: 'y' }).success).toBe(false);
  });

  test('requires only the prompt', () => {
    expect(isPublished('SessionCreateRequest', { prompt: 'x' })).toBe(true);
    expect(sessionCreateRequestSchema.safeParse({ prompt: 'x' }).success).toBe(true);
    expect(sessionCreateRequestSchema.safeParse({ title: 'x' }).success).toBe(false);
  });
});

/** Values of every type, and those just inside and just outside each limit. */
const PROBES: [string, unknown][] = [
  ['null', null],
  ['true', true],
  ['0', 0],
  ['-1', -1],
  ['1.5', 1.5],
  ['an empty text', ''],
  ['a text', 'x'],
  ['a mode', 'ultra'],
  ['an empty list', []],
  ['a list of texts', ['x', '']],
  ['a list of numbers', [1]],
  ['a list of null', [null]],
  ['an empty object', {}],
  ['an object', { type: 'object', nested: { deep: [1] } }],
  ['web addresses', ['https://a.test/x', 'http://b.test']],
  ['the longest URL', [address(2083)]],
  ['a URL that is too long', [address(2084)]],
  ['a secret', secret('K', 'v')],
  ["a secret that isn't sensitive", secret('K', 'v', { sensitive: false })],
  ['an empty secret', secret('K', '')],
  ['a secret without a key', [{ value: 'v' }]],
  ['a secret without a value', [{ key: 'K' }]],
  ['a secret with an empty key', secret('', 'v')],
  ['a secret with the longest key', secret('k'.repeat(256), 'v')],
  ['a secret with a key that is too long', secret('k'.repeat(257), 'v')],
  ['the longest secret', secret('K', 'v'.repeat(65_536))],
  ['a secret that is too long', secret('K', 'v'.repeat(65_537))],
  ['a secret whose sensitive is null', secret('K', 'v', { sensitive: null })],
];

describe('request values', () => {
  test.each(PROBES)('%s is never sent in a member for which the reference refuses it', (_, value) => {
    const sent = Object.keys(theirs.request)
      .map((name) => ({ prompt: 'x', [name]: value }))
      .filter((request) => sessionCreateRequestSchema.safeParse(request).success);
    expect(sent.filter((request) => !isPublished('SessionCreateRequest', request))).toEqual([]);
  });
});

/** Open: the phase of an unlisted one is "working". test/session/lifecycle.test.ts has those that mean something else. */
const ANY_WORDS = ['status', 'status_detail'];

describe('the answer', () => {
  const { responseFields } = NEWER;
  const expected = withoutWords(theirs.response, ANY_WORDS);

  const read = Object.keys(ours.response).filter((name) => !responseFields.includes(name));

  test.each(read)('matches the published %s: types, null, values, default', (name) => {
    expect(ours.response[name]).toEqual(expected[name]);
  });

  test.each(responseFields)('can be read without %s', (name) => {
    expect(ours.response[name]?.required).toBe(false);
  });

  /** A session costs money, whatever its answer lacks. */
  const ESSENTIAL = new Set(['session_id', 'url']);

  test.each(Object.keys(theirs.response))('can be read without %s unless it is essential', (name) => {
    const { [name]: _, ...rest } = { ...COMPLETE };
    expect(createdSessionSchema(1).safeParse(rest).success).toBe(!ESSENTIAL.has(name));
  });

  test.each(PROBES)('can be read with %s everywhere the reference allows it', (_, value) => {
    const answers = Object.keys(theirs.response)
      // Without an id, nothing can be asked about a session.
      .filter((name) => name !== 'session_id' || value !== '')
      .map((name) => ({ ...COMPLETE, [name]: value }))
      .filter((answer) => isPublished('SessionResponse', answer));
    expect(answers.filter((answer) => !answeredSessionSchema.safeParse(answer).success)).toEqual([]);
  });

  const COMPLETE: Record<string, unknown> = {
    ...SESSION,
    title: 'Fix it',
    status_detail: 'working',
    pull_requests: [{ pr_url: 'https://a.test/1', pr_state: null }],
    structured_output: { done: true },
    child_session_ids: ['x'],
    origin: 'api',
    category: 'other',
    is_archived: false,
  };
});

test('the list of newer members has no published one', () => {
  const stale = [
    ...Object.entries(NEWER.request).flatMap(([name, words]) =>
      words.filter((word) => wordsOf(theirs.request, name).includes(word)),
    ),
    ...NEWER.responseFields.filter((name) => name in theirs.response),
  ];
  expect(stale).toEqual([]);
});

describe('the HTTP request', () => {
  test('goes to the published address, with the published body and no query', async () => {
    const { sessions, seen } = await startDevin({ json: SESSION });
    await sessions.create({
      prompt: 'Fix it',
      repos: ['acme/web'],
      max_acu_limit: 5,
      secret_ids: [],
    });
    expect(seen[0]?.method).toBe('POST');
    expect(seen[0]?.path).toBe(endpoint.replace('{org_id}', ORG));
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(seen[0]?.query.size).toBe(0);
    expect(isPublished('SessionCreateRequest', JSON.parse(seen[0]?.body ?? ''))).toBe(true);
  });

  test('leaves out devin_id, the only published query parameter', async () => {
    expect(parameters.filter((parameter) => parameter.in === 'query')).toEqual([
      { name: 'devin_id', in: 'query', required: false },
    ]);
    const { sessions, seen } = await startDevin({ json: SESSION });
    await sessions.create({ prompt: 'x' });
    expect([...(seen[0]?.query ?? [])]).toEqual([]);
  });
});
