import { type Child, h, tag, type VNode } from './h.ts';
import { icon, type IconName } from './icons.ts';

export type MenuItem = {
  label: string;
  detail?: string;
  isChosen?: boolean;
  before?: Child;
  pick: () => void;
};

type Menu = {
  /** Which menu it is. */
  name: string;
  label: string;
  iconName?: IconName;
  /** Instead of the icon. */
  face?: Child;
  items: readonly MenuItem[];
  heading?: string;
};

/** A button and the menu under it, which the browser opens and closes. */
export function openMenu({ name, label, iconName, face = null, items, heading }: Menu): VNode {
  const id = `menu-${name.replaceAll(/\W/g, '-')}`;
  return h(
    'div.menu-wrap',
    { key: id },
    h(
      face === null ? 'button.icon-button' : 'button.menu-face',
      {
        type: 'button',
        // A face has its own label.
        'aria-label': face === null ? label : null,
        title: face === null ? label : null,
        'aria-haspopup': 'menu',
        popovertarget: id,
      },
      iconName === undefined ? null : icon(iconName),
      face,
    ),
    h(
      'div.menu',
      {
        id,
        popover: 'auto',
        role: 'menu',
        'aria-label': label,
        onToggle: ({ currentTarget: menu, newState }) => (newState === 'open' ? arrive(menu) : undefined),
        onKeyDown: steer,
      },
      heading === undefined ? null : h('p.menu-heading', { role: 'presentation' }, heading),
      items.map(item),
    ),
  );
}

function item({ label, detail, isChosen, before = null, pick }: MenuItem): VNode {
  return h(
    'button.menu-item',
    {
      type: 'button',
      role: isChosen === undefined ? 'menuitem' : 'menuitemradio',
      'aria-checked': isChosen,
      tabindex: -1,
      onClick: ({ currentTarget }) => {
        currentTarget.closest<HTMLElement>('.menu')?.hidePopover();
        pick();
      },
    },
    before,
    tag('span.menu-label', label, detail === undefined ? null : tag('span.menu-detail', detail)),
    isChosen === true ? icon('check') : null,
  );
}

/** Opens at its button, within the window, and takes the focus. */
function arrive(menu: HTMLElement): void {
  const button = menu.previousElementSibling?.getBoundingClientRect();
  if (button === undefined) return;
  const isLow = button.bottom + menu.offsetHeight > window.innerHeight;
  menu.style.top = `${Math.max(isLow ? button.top - menu.offsetHeight : button.bottom, 0)}px`;
  menu.style.left = `${Math.max(button.right - menu.offsetWidth, 8)}px`;
  (menu.querySelector<HTMLElement>('[aria-checked=true]') ?? menu.querySelector('button'))?.focus();
}

function steer(event: KeyboardEvent): void {
  const { currentTarget: menu, key } = event;
  if (!(menu instanceof HTMLElement)) return;
  const items = [...menu.querySelectorAll('button')];
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (key === 'Tab') menu.hidePopover();
  if (by === undefined) return;
  event.preventDefault();
  items.at((items.findIndex((one) => one === document.activeElement) + by) % items.length)?.focus();
}
