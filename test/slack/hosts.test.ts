import { expect, test } from 'vitest';
import { createSlackHosts } from '../../src/slack/hosts.ts';

test.each([
  ['https://files.slack.com/files-pri/T1-F1/x.png', true],
  ['https://hooks.slack.com/commands/1', true],
  ['http://files.slack.com/x', false],
  ['https://slack.com.evil.example/x', false],
  ['https://evilslack.com/x', false],
  ['https://files.slack.com@evil.example/x', false],
  ['http://127.0.0.1:4000/files/x', false],
  ['not an address', false],
])("the bot's token goes to %s: %s", (address, expected) => {
  expect(createSlackHosts(null).trusts(address)).toBe(expected);
});

test("a replacement for Slack's API is trusted only on its own origin", () => {
  const hosts = createSlackHosts('http://127.0.0.1:4000/api/');
  expect(hosts.trusts('http://127.0.0.1:4000/files/x')).toBe(true);
  expect(hosts.trusts('http://127.0.0.1:4001/files/x')).toBe(false);
  expect(hosts.trusts('https://files.slack.com/x')).toBe(true);
});
