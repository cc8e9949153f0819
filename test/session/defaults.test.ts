import { describe, expect, test } from 'vitest';
import { applyDefaults, applyForm, asksOther } from '../../src/session/defaults.ts';
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
});

describe('an edited message', () => {
  const asked = applyDefaults({
    channel: { repos: ['acme/web'] },
    request: { prompt: 'fix it', devin_mode: 'fast', max_acu_limit: 50 },
    policy: { max_acu_limit: 5 },
  });

  test.each<[string, StoredDraft, boolean]>([
    ['the same options', { devin_mode: 'fast', max_acu_limit: 50 }, false],
    ['another task', { prompt: 'drop it', devin_mode: 'fast' }, false],
    ['another value that the policy overrules', { devin_mode: 'fast', max_acu_limit: 40 }, false],
    ['another value', { devin_mode: 'lite' }, true],
    ['no option', {}, true],
    ["one more than a default's", { devin_mode: 'fast', repos: ['acme/api'] }, true],
  ])('with %s', (_what, typed, isOther) => {
    expect(asksOther(asked, typed)).toBe(isOther);
  });
});

describe('a submitted form', () => {
  const prefill = applyDefaults({
    channel: { repos: ['acme/web'], platform: 'windows' },
    request: { prompt: 'fix' },
  });

  test('keeps the source of unchanged values', () => {
    const { values, sources } = applyForm(prefill, { prompt: 'fix it', repos: ['acme/web'] }, false);
    expect(values).toEqual({ prompt: 'fix it', repos: ['acme/web'], platform: 'windows' });
    expect(sources).toEqual({ prompt: 'request', repos: 'channel', platform: 'channel' });
  });

  test('drops a default that was emptied if the form showed it', () => {
    expect(applyForm(prefill, { prompt: 'fix it' }, true).values).toEqual({ prompt: 'fix it' });
  });
});
