/** Elements as values; `vdom.ts` draws them. */

export type Handler = (event: Event) => void;
export type Attribute = string | number | boolean | null | undefined | Handler;
/**
 * `on…` are handlers. `onmount` hears once, when the element is in the page; `onunmount` just before it leaves, of
 * the outermost element that does. `key` names a node among siblings.
 */
export type Attributes = Record<string, Attribute>;

export type VNode = { tag: string; attributes: Attributes; children: readonly (VNode | string)[] };
export type Child = VNode | string | null | false | readonly Child[];

/** `h('button.primary', { onclick }, 'Send')`: tag, classes, attributes, children. */
export function h(selector: string, attributes: Attributes = {}, ...children: Child[]): VNode {
  const [tag = 'div', ...classes] = selector.split('.');
  const given = attributes['class'];
  const all = [...classes, ...(typeof given === 'string' ? [given] : [])].join(' ');
  return {
    tag,
    attributes: all === '' ? attributes : { ...attributes, class: all },
    children: flatten(children),
  };
}

export function flatten(children: readonly Child[]): (VNode | string)[] {
  return children.flatMap((child) => {
    if (child === null || child === false || child === '') return [];
    return isList(child) ? flatten(child) : [child];
  });
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}
