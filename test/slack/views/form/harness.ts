import type { ModalView } from '@slack/types';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { assignIds, knownBlocks } from '../../../../sandbox/slack/rules/assign-ids.ts';
import { checkView } from '../../../../sandbox/slack/rules/view.ts';
import { initialValues } from '../../../../sandbox/slack/view-state.ts';
import { OPTION_GROUPS, type SessionDraft, sessionDraftSchema } from '../../../../src/session/fields.ts';
import { type SessionForm, renderSessionForm } from '../../../../src/slack/views/session-form.ts';
import { en } from '../../../../src/text/en.ts';
import { several } from '../../../support/field.ts';

function formOf(parts: Partial<SessionForm>): SessionForm {
  return {
    formId: 'f1',
    groups: [],
    values: {},
    sources: {},
    faults: {},
    about: null,
    runsAs: { mayStart: true, who: 'Runs as *Ada*', how: 'Matched.' },
    choices: null,
    secretNames: [],
    ...parts,
  };
}

/** The modal, which must be valid in Slack. */
export function draw(parts: Partial<SessionForm>): ModalView {
  const view = renderSessionForm(formOf(parts), en);
  expect(checkView(view)).toEqual([]);
  return view;
}

/** How a submission is read. */
export const COLLAPSED = { groups: [], faults: {}, before: {}, text: en };
export const EXPANDED = { ...COLLAPSED, groups: OPTION_GROUPS };

type State = ReturnType<typeof initialValues>;

/** `state.values` of an unchanged modal. */
export function stateOf(view: ModalView): State {
  return initialValues(knownBlocks(assignIds(view.blocks)));
}

export function typed(text: string | null) {
  return { value: { type: 'plain_text_input', value: text } };
}

export function ticked(isTicked = true) {
  return { value: { type: 'checkboxes', selected_options: isTicked ? [{ value: 'on' }] : [] } };
}

const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => text.trim());
const filled = line.filter((text) => text !== '');
const repo = fc.stringMatching(/^[a-z]{1,9}\/[a-z.-]{1,9}$/).filter((name) => !name.endsWith('.git'));
/** Names with spaces are refused, and so is KEY=VALUE. */
const id = filled.filter((text) => !/\s/.test(text));
const secretId = id.filter((text) => !text.includes('='));
const paragraph = fc
  .array(fc.oneof(filled, fc.constantFrom('\n', ' ', '    indented', 'x'.repeat(3500))))
  .map((pieces) => pieces.join(' ').trim());

/** Drafts that forms can hold: changed switches only, and no session secrets. */
export const draft: fc.Arbitrary<SessionDraft> = fc
  .record(
    {
      prompt: paragraph.filter((text) => text !== ''),
      repos: several(repo),
      devin_mode: fc.constantFrom('normal', 'fast', 'lite', 'ultra', 'fusion'),
      max_acu_limit: fc.integer({ min: 1, max: 1_000_000 }),
      title: filled,
      playbook_id: id,
      tags: several(filled, 49),
      child_playbook_id: fc.oneof(id, fc.constant('p'.repeat(255))),
      knowledge_ids: fc.oneof(several(id), fc.constant([])),
      secret_ids: fc.oneof(several(secretId), fc.constant(['s'.repeat(255)]), fc.constant([])),
      session_links: several(fc.webUrl()),
      attachment_urls: several(fc.webUrl({ withQueryParameters: true, withFragments: true })),
      structured_output_schema: fc
        .dictionary(
          filled.filter((key) => key !== '__proto__'),
          fc.constantFrom({ type: 'string' }, { type: 'integer', minimum: 1 }, { enum: ['a', 'b'] }),
        )
        .map((properties) => ({ type: 'object', properties })),
      structured_output_required: fc.constant(false),
      platform: filled,
      resumable: fc.constant(false),
      bypass_approval: fc.constant(true),
    },
    { requiredKeys: ['prompt'] },
  )
  .filter((values) => sessionDraftSchema.safeParse(values).success)
  .map((values) => sessionDraftSchema.parse(values));
