import type { Place } from './drafts.ts';

/** How near to a conversation's end counts as being there. */
const NEAR_PX = 60;

function distanceToEnd(scroller: Element): number {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}

function goToEnd(scroller: Element): void {
  scroller.scrollTop = scroller.scrollHeight;
}

/** Scrolls to where the person writes. */
export function showEnd({ threadTs }: Place): void {
  const scroller = document.querySelector(threadTs === null ? '.channel .scroller' : '.thread .scroller');
  if (scroller !== null) goToEnd(scroller);
}

/** A person at the end of a conversation stays there when something is added. Returns what to do after drawing. */
export function keepAtEnd(root: Element): () => void {
  const before = new Map(
    [...root.querySelectorAll('.scroller')].map((one) => [one, distanceToEnd(one) < NEAR_PX] as const),
  );
  return () => {
    for (const one of root.querySelectorAll('.scroller')) {
      if (before.get(one) ?? true) goToEnd(one);
    }
  };
}
