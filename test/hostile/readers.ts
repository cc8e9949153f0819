import { pageOf } from '../../src/devin/client.ts';
import { parseProblem } from '../../src/devin/errors.ts';
import { sessionMessageSchema } from '../../src/devin/sessions.ts';
import { withoutCredentials } from '../../src/session/credentials.ts';
import { fields, OPTION_GROUPS } from '../../src/session/fields.ts';
import { isSessionRef } from '../../src/session/intent.ts';
import { readMilestone } from '../../src/session/milestones.ts';
import { matchesGlob } from '../../src/session/policy/patterns.ts';
import { answeredSessionSchema } from '../../src/session/snapshot.ts';
import { readValues, scan } from '../../src/slack/command/flags.ts';
import { readAddressed, readThreadMessage } from '../../src/slack/command/message.ts';
import { parseCommand, parseTask } from '../../src/slack/command/parse.ts';
import { fieldBlock } from '../../src/slack/edge/ids.ts';
import { readMessage } from '../../src/slack/edge/messages.ts';
import { readBlockMetadata, readOwner } from '../../src/slack/edge/metadata.ts';
import { readPayload } from '../../src/slack/edge/payload.ts';
import { readPermalink } from '../../src/slack/edge/places.ts';
import { readField, readJson, readList } from '../../src/slack/views/form/fields.ts';
import { readSessionForm } from '../../src/slack/views/form/read.ts';
import { markdownParts, markdownWords, quotedParts } from '../../src/slack/views/markdown.ts';
import { renderDevinMessage } from '../../src/slack/views/milestone.ts';
import {
  bold,
  code,
  codeBlock,
  date,
  escape,
  link,
  quote,
  truncate,
  unescape,
} from '../../src/slack/views/text.ts';
import { en } from '../../src/text/en.ts';
import { PLACES, QUOTES } from '../slack/views/places.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

/** Everything that reads text that anyone may have written. Its output must be bounded, too. */
export const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'a pattern of the policy': (text) => [
    matchesGlob(text.slice(0, 200), text),
    matchesGlob(`*${text.slice(0, 100)}*a*`, text),
  ],
  'a command': parseCommand,
  'a task': parseTask,
  'the words and options of a command': (text) => readValues(scan(text).given),
  'an option of each kind': (text) => {
    const part = text.slice(0, text.length / 4);
    return readValues(scan(`x --title ${part} --mode ${part} --repo ${part} --acu ${part}`).given);
  },
  'a text with credentials': withoutCredentials,
  'a message in a thread': (text) => readThreadMessage(text, 'U1'),
  'a message to the app': (text) =>
    readAddressed(`<@U1>${text}`, { botUserId: 'U1', isDirect: false, command: '/devin' }),
  'a field of the table': (text) =>
    fields.map(({ schema }) => [schema.safeParse(text).success, schema.safeParse([text]).success]),
  'mrkdwn that comes in': (text) => unescape(text),
  'mrkdwn that goes out': (text) => [
    bold(text),
    code(text),
    codeBlock(text),
    date(1, text, '{time}'),
    escape(text),
    link(text, text),
    link('https://a.io', text),
    quote(text),
    truncate(text, 100),
  ],
  'a message of Devin': (text) => [
    markdownParts(text),
    markdownWords(text, 300),
    renderDevinMessage(text, en),
  ],
  'a message of a person, quoted': (text) => quotedParts(text.slice(0, 40_000)),
  'a list in a form': readList,
  'JSON in a form': (text) => readJson(text, en),
  'a form': (text) =>
    readSessionForm(stateOf(text), { groups: OPTION_GROUPS, faults: {}, before: {}, text: en }),
  'secrets in a form': (text) => readSecrets(`${text}\n${distinctLines(text.length)}`),
  'the metadata of a message': (text) => [
    readOwner({ event_payload: { requester: text, repos: text, acu_limit: text } }),
    readBlockMetadata({
      blocks: [{ block_id: text }, ...MARKS.map((mark) => ({ block_id: `${mark} ${text}` }))],
    }),
    readMilestone(`twice:${text}`),
  ],
  'addresses and ids': (text) => [
    readPermalink(text),
    readPermalink(`https://acme.slack.com${text}`),
    isSessionRef(text),
  ],
  'a message of Slack': (text) => readMessage(slackMessage(text)),
  'a payload of Slack': (text) => [
    readPayload(text),
    readPayload({ command: text, team_id: text, user_id: text, text }),
    readPayload({ type: text }),
    readPayload({
      type: 'event_callback',
      team_id: text,
      event: { ...slackMessage(text), type: 'message', channel: text },
    }),
    readPayload({
      type: 'block_actions',
      team: { id: text },
      user: { id: text, team_id: text },
      trigger_id: text,
      actions: [
        { type: 'overflow', action_ts: text, selected_option: { text: { text }, value: text } },
        { type: 'button', action_id: text, action_ts: text, value: text, text: { text } },
      ],
    }),
  ],
  'an answer of Devin': (text) => [
    answeredSessionSchema.safeParse(
      sessionSnapshot('s1', { title: text, status: text, url: text, status_detail: text }),
    ).success,
    pageOf(sessionMessageSchema).safeParse({
      items: [{ event_id: text, source: text, message: text, created_at: 1 }],
    }).success,
  ],
  'a refusal of Devin': (text) => [
    parseProblem({ status: 422, headers: new Headers(), bodyText: text }, ['secret']),
    parseProblem({ status: 403, headers: new Headers(), bodyText: JSON.stringify({ detail: text }) }, [
      text.slice(0, 9),
    ]),
  ],
  ...Object.fromEntries(
    Object.entries({ ...PLACES, ...QUOTES }).map(([place, render]) => [
      `words in ${place}`,
      (text: string) => render(text.slice(0, 40_000)),
    ]),
  ),
};

const secretsField = fields.filter(({ input }) => input.kind === 'secrets');

function readSecrets(text: string): unknown {
  return secretsField.map((field) => readField(field, new Map([[fieldBlock(field.key), [text]]]), en));
}

const MARKS = ['devin_session', 'devin_message', 'devin_shown'];

/** A form with the same text in each input. */
function stateOf(text: string): unknown {
  const part = text.slice(0, 3000);
  return Object.fromEntries(
    fields.flatMap(({ key }) => [
      [`field.${key}`, { value: { type: 'plain_text_input', value: part } }],
      [`field.${key}.1`, { value: { type: 'plain_text_input', value: part } }],
    ]),
  );
}

function distinctLines(length: number): string {
  return Array.from({ length: length / 8 }, (_, at) => `K${at}=v`).join('\n');
}

function slackMessage(text: string): object {
  const blocks = [
    { type: 'section', text: { type: 'mrkdwn', text } },
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] },
    JSON.parse(`${'{"elements":['.repeat(1000)}${']}'.repeat(1000)}`),
  ];
  const attachment = { title: text, title_link: text, text, fields: [{ title: text, value: text }], blocks };
  return {
    ts: '1.1',
    user: text,
    text: '',
    blocks,
    attachments: [attachment, attachment],
    files: [{ id: text, name: text }],
  };
}
