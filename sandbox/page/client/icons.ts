import { h, type VNode } from './h.ts';

/** Strokes in a square of 20. */
const PATHS = {
  hash: 'M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h13M3 12.5h13',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  close: 'm5 5 10 10M15 5 5 15',
  more: 'M4 9.2h1.6v1.6H4zM9.2 9.2h1.6v1.6H9.2zM14.4 9.2H16v1.6h-1.6z',
  thread: 'M4 4h12v9h-6l-4 3.5V13H4z',
  clip: 'm15.5 9-5.8 5.8a3.3 3.3 0 0 1-4.7-4.7L11 4.2a2.2 2.2 0 0 1 3.1 3.1L8.3 13a1.1 1.1 0 0 1-1.6-1.6L11.6 6.5',
  send: 'M3.5 4 17 10 3.5 16 6 10zM6 10h5',
  sliders: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 4v4M8 12v4',
  chevron: 'm5.5 8 4.5 4.5L14.5 8',
  check: 'm4 10.5 4 4 8-9',
  file: 'M5 2.5h6.5L15 6v11.5H5zM11 2.5V6.5h4',
  globe:
    'M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14M3 10h14M10 3c2.5 2 3 4.5 3 7s-.5 5-3 7c-2.5-2-3-4.5-3-7s.5-5 3-7',
  eye: 'M2 10c2-3.5 5-5 8-5s6 1.5 8 5c-2 3.5-5 5-8 5s-6-1.5-8-5M10 7.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5',
  warning: 'M10 3 2.5 16.5h15zM10 8v4M10 14.200h.01',
} as const;

export type IconName = keyof typeof PATHS;

/** Hidden from screen readers: the words are next to it or on the button. */
export function icon(name: IconName): VNode {
  return h(
    'svg.icon',
    { viewBox: '0 0 20 20', 'aria-hidden': 'true', focusable: 'false' },
    h('path', { d: PATHS[name] }),
  );
}
