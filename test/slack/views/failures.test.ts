import { describe, expect, test } from 'vitest';
import { parseProblem } from '../../../src/devin/errors.ts';
import { userMessage } from '../../../src/slack/views/notices.ts';
import { en } from '../../../src/text/en.ts';

type Refusal = { detail: string | null; fieldErrors: { field: string; message: string }[] };

function refused({ detail, fieldErrors }: Refusal): string {
  const facts = { kind: 'devin', code: 'invalid-request', status: 400 } as const;
  return userMessage({ ...facts, detail, fieldErrors }, en);
}

const OF_PLATFORM = "Unknown platform 'amiga'. Available platforms: linux, windows";
const platform = { field: 'platform', message: OF_PLATFORM };

test.each([
  ['the same words', OF_PLATFORM],
  ['the same words among others', `platform: ${OF_PLATFORM}`],
])("shows Devin's words about a field once: %s", (_how, detail) => {
  const words = refused({ detail, fieldErrors: [platform] });
  expect(words.split(OF_PLATFORM)).toHaveLength(2);
});

describe("Devin's whole reason comes first, then who can change it", () => {
  const OF_PERSON = 'Target user does not have the UseDevinSessions permission';

  test.each([
    [403, OF_PERSON, en.devin.impersonation],
    [403, 'create_as_user_id is not a member', en.devin.impersonation],
    [403, 'Missing required permission: ManageOrgSessions', en.devin.impersonation],
    [404, 'User email|1 in this organization not found', en.devin.notFound],
    [404, 'Playbook p-1 not found', en.devin.notFound],
    [409, 'The organization is being moved', 'Devin refused it'],
    [418, 'Out of tea', 'tell an app admin'],
    [401, 'Key expired', en.devin.unauthorized],
    [402, 'Organization is out of ACUs', 'ask a Devin admin'],
  ])('%i %s', (status, detail, whose) => {
    const { failure } = parseProblem({
      status,
      headers: new Headers(),
      bodyText: JSON.stringify({ type: 'about:blank', title: 'No', status, detail }),
    });
    const words = userMessage(failure, en);
    expect(words.split('\n')[0]).toContain(detail);
    expect(words).toContain(whose);
  });
});
