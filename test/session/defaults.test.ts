import { describe, expect, test } from 'vitest';
import { applyDefaults, applyForm, groupsOf, createWithNames } from '../../src/session/defaults.ts';
import type { StoredDraft } from '../../src/session/fields.ts';

describe('defaults', () => {
  test('the nearest source wins, and each value remembers its own', () => {
    const effective = applyDefaults({
      workspace: { devin_mode: 'normal', max_acu_limit: 5, repos: ['acme/all'] },
      channel: { devin_mode: 'lite', repos: ['acme/web'] },
      person: { devin_mode: 'fast' },
      request: { prompt: 'fix it' },
    });
    expect(effective).toEqual({
      values: { prompt: 'fix it', devin_mode: 'fast', max_acu_limit: 5, repos: ['acme/web'] },
      sources: { prompt: 'request', devin_mode: 'person', max_acu_limit: 'workspace', repos: 'channel' },
    });
  });

  test('an empty list is a value: it replaces a default', () => {
    const { values, sources } = applyDefaults({
      channel: { knowledge_ids: ['note-1'] },
      request: { knowledge_ids: [] },
    });
    expect(values.knowledge_ids).toEqual([]);
    expect(sources.knowledge_ids).toBe('request');
  });

  test('never name a session', () => {
    const person = { title: 'Login', platform: 'windows' };
    expect(applyDefaults({ person, request: {} }).values).toEqual({ platform: 'windows' });
    expect(applyDefaults({ person, request: { title: 'Search' } }).values.title).toBe('Search');
  });
});

describe('the names of ids', () => {
  const known = new Map([
    ['note-1', 'House style'],
    ['note-2', 'note-2'],
    ['playbook-1', 'Fix a bug'],
  ]);
  const named = (values: StoredDraft) =>
    createWithNames((_list, id) => known.get(id) ?? null)({
      values,
      sources: {},
      names: { 'secret-1': 'TOKEN' },
    }).names;

  test('are those known now, beside those known before', () => {
    expect(
      named({ prompt: 'note-1', playbook_id: 'playbook-1', knowledge_ids: ['note-1', 'note-3'] }),
    ).toEqual({ 'secret-1': 'TOKEN', 'note-1': 'House style', 'playbook-1': 'Fix a bug' });
  });

  test('are left out if they are the ids', () => {
    expect(named({ knowledge_ids: ['note-2'] })).toEqual({ 'secret-1': 'TOKEN' });
  });
});

describe('a submitted form', () => {
  const prefill = applyDefaults({
    channel: { repos: ['acme/web'], platform: 'windows' },
    request: { prompt: 'fix' },
  });

  test('keeps the source of unchanged values', () => {
    const { values, sources } = applyForm(prefill, { prompt: 'fix it', repos: ['acme/web'] });
    expect(values).toEqual({ prompt: 'fix it', repos: ['acme/web'] });
    expect(sources).toEqual({ prompt: 'request', repos: 'channel' });
  });

  test('asks for a changed value in place of what the policy set', () => {
    const governed = applyDefaults({
      channel: { repos: ['acme/web'] },
      request: { prompt: 'fix' },
      policy: { max_acu_limit: 5 },
    });
    const named = { ...governed, names: { 'note-1': 'House style' } };
    expect(applyForm(named, { prompt: 'fix', repos: ['acme/api'], max_acu_limit: 3 })).toEqual({
      values: { prompt: 'fix', repos: ['acme/api'], max_acu_limit: 3 },
      sources: { prompt: 'request', repos: 'request', max_acu_limit: 'request' },
      names: named.names,
    });
  });
});

test('a form shows the groups in which something is set or was refused', () => {
  const fault = { platform: { typed: [], said: 'No such platform.' } };
  expect(groupsOf({ prompt: 'fix', tags: ['ci'] }, fault, {})).toEqual(['about', 'machine']);
});
