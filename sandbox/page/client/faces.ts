import { type AppState, nameOf, personOf } from './app.ts';
import { h, type Child, type VNode } from './h.ts';
import type { Person, ShownMessage } from './wire.ts';
import { wording } from './words.ts';

const TINTS = 8;

/** A tile with initials. Hidden from screen readers, which read the name next to it. */
export function avatar(id: string, name: string, size: 'large' | 'small' = 'large'): VNode {
  const tint =
    Array.from(id, (letter) => letter.codePointAt(0) ?? 0).reduce((a, b) => (a * 31 + b) % 9973, 7) % TINTS;
  return h(`span.avatar.${size}.tint-${tint}`, { 'aria-hidden': 'true' }, initials(name));
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('');
}

export function appAvatar(size: 'large' | 'small' = 'large'): VNode {
  return h(
    `span.avatar.${size}.app-avatar`,
    { 'aria-hidden': 'true' },
    h(
      'svg',
      { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
      h('path', { d: 'M10 8h5.5a8 8 0 0 1 0 16H10z' }),
    ),
  );
}

export type Author = { id: string; name: string; isApp: boolean; face: Child };

export function authorOf(state: AppState, message: ShownMessage): Author {
  const { userId, username, botId } = message;
  const name = username ?? nameOf(state, userId);
  if (userId === state.snapshot.workspace.botUserId)
    return { id: userId, name, isApp: true, face: appAvatar() };
  const id = userId ?? name;
  return { id, name, isApp: botId !== null, face: avatar(id, name) };
}

/** In words: what a person is in the workspace and in Devin. */
export const roleOf = ({ role }: Person): string => wording.people[role];

export function personFace(state: AppState, userId: string, size: 'large' | 'small'): VNode {
  if (userId === state.snapshot.workspace.botUserId) return appAvatar(size);
  return avatar(userId, personOf(state, userId)?.realName ?? userId, size);
}
