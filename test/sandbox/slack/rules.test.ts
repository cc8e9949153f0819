import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { checkView } from '../../../sandbox/slack/rules/view.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const input = (element: object, more: object = {}) => ({
  type: 'input',
  block_id: 'b',
  label: plain('Task'),
  element,
  ...more,
});
const modal = (blocks: unknown[], more: object = {}) => ({
  type: 'modal',
  title: plain('Start'),
  submit: plain('Start'),
  blocks,
  ...more,
});
const option = (value: string) => ({ text: plain(value), value });
const button = (more: object = {}) => ({ type: 'button', text: plain('Open'), action_id: 'open', ...more });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });

describe('checkMessage', () => {
  test('accepts the blocks of a card', () => {
    const blocks = [
      { type: 'header', text: plain('Title') },
      section('*bold*'),
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'by someone' }] },
      actions(
        button({
          url: 'https://example.com',
          style: 'primary',
          confirm: {
            title: plain('Sure?'),
            text: plain('It stops.'),
            confirm: plain('Stop'),
            deny: plain('Keep'),
          },
        }),
        { type: 'overflow', action_id: 'more', options: [option('a')] },
      ),
      { type: 'divider' },
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'hi' }] }],
      },
    ];
    const metadata = { event_type: 'x', event_payload: { request_id: '1' } };
    expect(checkMessage({ text: 'twin', blocks, metadata })).toEqual([]);
  });

  test.each([
    ['an empty text', { text: '' }, 'no text'],
    ['a text over 40,000', { text: 'x'.repeat(40_001) }, 'less than 40001'],
    ['an unknown block', { text: 'a', blocks: [{ type: 'blink' }] }, '/blocks/0'],
    ['an unknown key', { text: 'a', blocks: [{ ...section('x'), colour: 'red' }] }, 'colour'],
    [
      'an empty section',
      { text: 'a', blocks: [section('')] },
      'more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['a section over 3000', { text: 'a', blocks: [section('x'.repeat(3001))] }, 'less than 3001'],
    [
      '51 blocks',
      { text: 'a', blocks: Array.from({ length: 51 }, () => section('x')) },
      'no more than 50 items',
    ],
    [
      'a long button',
      { text: 'a', blocks: [actions(button({ text: plain('x'.repeat(76)) }))] },
      'less than 76',
    ],
    ['a long value', { text: 'a', blocks: [actions(button({ value: 'x'.repeat(2001) }))] }, 'less than 2001'],
    [
      'mrkdwn on a button',
      { text: 'a', blocks: [actions(button({ text: { type: 'mrkdwn', text: 'x' } }))] },
      '/text/type',
    ],
    [
      'an action id twice in a block',
      { text: 'a', blocks: [actions(button(), button())] },
      'action_id "open" already exists',
    ],
    [
      'a block id twice',
      {
        text: 'a',
        blocks: [
          { ...section('x'), block_id: 'b' },
          { ...section('y'), block_id: 'b' },
        ],
      },
      'block_id "b" already exists',
    ],
    ...[['acme/web'], null, { repos: ['acme/web'] }].map((repos): [string, object, string] => [
      `metadata with ${JSON.stringify(repos)}`,
      { text: 'a', metadata: { event_type: 'x', event_payload: { repos } } },
      '/metadata/event_payload/repos',
    ]),
    ['metadata without a payload', { text: 'a', metadata: { event_type: 'x' } }, '/metadata/event_payload'],
    [
      'an image, which the app never shows',
      { text: 'a', blocks: [{ type: 'image', image_url: 'https://example.com/a.png', alt_text: 'A' }] },
      'unsupported type',
    ],
  ])('refuses %s', (_what, message, violation) => {
    expect(checkMessage(message).join('\n')).toContain(violation);
  });

  test('limits an update to 4,000 characters', () => {
    const text = 'x'.repeat(4001);
    expect(checkMessage({ text })).toEqual([]);
    expect(checkMessage({ text }, { update: true }).join()).toContain('less than 4001');
  });
});

describe('checkView', () => {
  const textInput = { type: 'plain_text_input', action_id: 'value' };

  test('accepts every kind of input', () => {
    const elements = [
      { ...textInput, multiline: true, max_length: 3000, initial_value: 'x', placeholder: plain('p') },
      { type: 'number_input', is_decimal_allowed: false, min_value: '1', initial_value: '5' },
      { type: 'file_input', max_files: 3 },
      { type: 'static_select', options: [option('a')], initial_option: option('a') },
      { type: 'external_select', min_query_length: 0, initial_option: option('z') },
      { type: 'multi_external_select', initial_options: [option('z')] },
      { type: 'checkboxes', options: [{ ...option('a'), description: { type: 'mrkdwn', text: '*d*' } }] },
      { type: 'radio_buttons', options: [option('a')] },
    ];
    const blocks = elements.map((element, i) => input(element, { block_id: `b${i}`, hint: plain('h') }));
    expect(checkView(modal(blocks, { private_metadata: '{}', callback_id: 'c' }))).toEqual([]);
  });

  test.each([
    ['inputs without submit', modal([input(textInput)], { submit: undefined }), 'needs submit'],
    ['a long title', modal([], { title: plain('x'.repeat(25)) }), 'less than 25'],
    [
      'a long placeholder',
      modal([input({ ...textInput, placeholder: plain('x'.repeat(151)) })]),
      'less than 151',
    ],
    ['a long hint', modal([input(textInput, { hint: plain('x'.repeat(2001)) })]), 'less than 2001'],
    ['a long private_metadata', modal([], { private_metadata: 'x'.repeat(3001) }), 'less than 3001'],
    ['101 blocks', modal(Array.from({ length: 101 }, () => section('x'))), 'no more than 100 items'],
    ['max_length over 3000', modal([input({ ...textInput, max_length: 3001 })]), 'must be at most 3000'],
    [
      'an initial value over max_length',
      modal([input({ ...textInput, max_length: 2, initial_value: 'abc' })]),
      'max_length',
    ],
    [
      '101 options',
      modal([
        input({ type: 'static_select', options: Array.from({ length: 101 }, (_, i) => option(`${i}`)) }),
      ]),
      '100 items',
    ],
    [
      '11 checkboxes',
      modal([input({ type: 'checkboxes', options: Array.from({ length: 11 }, (_, i) => option(`${i}`)) })]),
      '10 items',
    ],
    [
      'a foreign initial option',
      modal([input({ type: 'static_select', options: [option('a')], initial_option: option('b') })]),
      'not among',
    ],
    ['no options at all', modal([input({ type: 'static_select' })]), 'missing required field'],
    ['a button as an input', modal([input(button())]), '/view/blocks/0/element/type'],
    ['a text input among actions', modal([actions(textInput)]), '/view/blocks/0/elements/0/type'],
    [
      'two focused inputs',
      modal([
        input({ ...textInput, focus_on_load: true }),
        input({ ...textInput, focus_on_load: true }, { block_id: 'c' }),
      ]),
      'focus_on_load',
    ],
    ['an unknown key', modal([], { channel: 'C1' }), 'channel'],
    ["something that isn't a view", 'modal', '/view'],
    [
      'more than 250 kB',
      modal(Array.from({ length: 90 }, () => section('x'.repeat(3000)))),
      'view_too_large',
    ],
  ])('refuses %s', (_what, view, violation) => {
    expect(checkView(view).join('\n')).toContain(violation);
  });
});
