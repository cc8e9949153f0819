import type { TargetedKeyboardEvent } from 'preact';
import type { App } from './app.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon, type IconName } from './icons.ts';

export type MenuItem = {
  label: string;
  /** Above it, where a new group begins. */
  heading?: string;
  detail?: string | null;
  isChosen?: boolean;
  before?: Child;
  pick: () => void;
};

type Menu = {
  app: App;
  /** Which menu it is; one is open at a time. */
  name: string;
  label: string;
  iconName?: IconName;
  /** Instead of the icon. */
  face?: Child;
  items: readonly MenuItem[];
  heading?: string;
};

/** A button and the menu under it. */
export function openMenu(menu: Menu): VNode {
  const { app, name, label, iconName, face = null } = menu;
  const isOpen = app.state.menu === name;
  const id = `menu-${name.replaceAll(/\W/g, '-')}`;
  return h(
    isOpen ? 'div.menu-wrap.open' : 'div.menu-wrap',
    { key: `menu-${name}` },
    h(
      face === null ? 'button.icon-button' : 'button.menu-face',
      {
        type: 'button',
        // A face has its own label.
        'aria-label': face === null ? label : null,
        title: face === null ? label : null,
        'aria-haspopup': 'menu',
        'aria-expanded': isOpen ? 'true' : 'false',
        'aria-controls': id,
        'data-menu': name,
        onClick: (event) => {
          event.stopPropagation();
          app.update({ menu: isOpen ? null : name });
        },
      },
      iconName === undefined ? null : icon(iconName),
      face,
    ),
    isOpen ? list(menu, id) : null,
  );
}

function list({ app, items, label, heading }: Menu, id: string): VNode {
  return h(
    'div.menu',
    { id, role: 'menu', 'aria-label': label, ref: arrive, onKeyDown: (event) => steer(app, event) },
    headingAbove(heading),
    items.map((item) => [
      headingAbove(item.heading),
      h(
        'button.menu-item',
        {
          type: 'button',
          role: item.isChosen === undefined ? 'menuitem' : 'menuitemradio',
          'aria-checked': item.isChosen,
          tabindex: -1,
          onClick: () => {
            close(app);
            item.pick();
          },
        },
        item.before ?? null,
        h(
          'span.menu-label',
          {},
          item.label,
          item.detail === undefined || item.detail === null ? null : h('span.menu-detail', {}, item.detail),
        ),
        item.isChosen === true ? icon('check') : null,
      ),
    ]),
  );
}

function headingAbove(words: string | undefined): Child {
  return words === undefined ? null : h('p.menu-heading', { role: 'presentation' }, words);
}

/** Opens towards the side with more room, and takes the focus. */
function arrive(menu: HTMLElement | null): void {
  if (menu === null) return;
  const { top, bottom } = menu.getBoundingClientRect();
  if (bottom > window.innerHeight - 8 && top > window.innerHeight / 2) menu.classList.add('upwards');
  const chosen = menu.querySelector<HTMLElement>('[aria-checked=true]');
  (chosen ?? menu.querySelector<HTMLElement>('.menu-item'))?.focus();
}

function steer(app: App, event: TargetedKeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('.menu-item')];
  const at = items.findIndex((item) => item === document.activeElement);
  const goTo: Record<string, number> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const next = goTo[event.key];
  if (next !== undefined) {
    event.preventDefault();
    items[next]?.focus();
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    event.stopPropagation();
    close(app);
  }
}

/** The focus goes back to the button that opened the menu. */
function close(app: App): void {
  const { menu } = app.state;
  if (menu === null) return;
  document.querySelector<HTMLElement>(`[data-menu="${CSS.escape(menu)}"]`)?.focus();
  app.update({ menu: null });
}

export function closeMenusOutside(app: App): void {
  document.addEventListener('click', (event) => {
    const isInside = event.target instanceof Element && event.target.closest('.menu-wrap.open') !== null;
    if (app.state.menu !== null && !isInside) app.update({ menu: null });
  });
}
