import { describe, expect, test } from 'vitest';
import { isForDevin } from '../../src/session/preferences.ts';

const NOBODY = { app: false, others: false };
const APP = { app: true, others: true };
const OTHERS = { app: false, others: true };
const plain = { listen: null, isRequester: false, mentions: NOBODY } as const;

describe('a message in the thread of a session', () => {
  test.each([
    ['goes to Devin under its card', { ...plain, began: 'app' }, true],
    ["doesn't go if people talk to each other", { ...plain, began: 'app', mentions: OTHERS }, false],
    ['goes if the app is mentioned, too', { ...plain, began: 'app', mentions: APP }, true],
    ["doesn't go in a thread that people started", { ...plain, began: 'people' }, false],
    ['goes from the requester there', { ...plain, began: 'people', isRequester: true }, true],
    ['goes from others there if it mentions the app', { ...plain, began: 'people', mentions: APP }, true],
    ['always goes where only the app is addressed', { ...plain, began: 'direct', mentions: OTHERS }, true],
    ['needs the mention if that was chosen', { ...plain, began: 'app', listen: 'mentions' }, false],
    ['goes with that mention', { ...plain, began: 'app', listen: 'mentions', mentions: APP }, true],
    ['goes from everyone if that was chosen', { ...plain, began: 'people', listen: 'thread' }, true],
  ] as const)('%s', (_what, said, goes) => {
    expect(isForDevin(said)).toBe(goes);
  });
});
