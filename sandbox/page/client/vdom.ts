import type { Attribute, Child, Handler, VNode } from './vnode.ts';
import { flatten } from './vnode.ts';

/** Draws elements that are values, and changes only what differs: focus, scrolling and typing stay. */

type MountedElement = {
  kind: 'element';
  dom: Element;
  vnode: VNode;
  handlers: Map<string, Handler>;
  children: Mounted[];
};
type MountedText = { kind: 'text'; dom: Text; text: string };
type Mounted = MountedElement | MountedText;

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'circle', 'rect']);

const roots = new WeakMap<Element, Mounted[]>();
let arrivals: Element[] = [];

export function render(root: Element, ...children: Child[]): void {
  roots.set(root, patchChildren(root, roots.get(root) ?? [], flatten(children)));
  const arrived = arrivals;
  arrivals = [];
  for (const dom of arrived) dom.dispatchEvent(new Event('mount'));
}

function patchChildren(parent: Element, old: Mounted[], next: readonly (VNode | string)[]): Mounted[] {
  const left = new Set(old);
  const mounted = next.map((child) => {
    const match = findMatch(left, child);
    if (match === undefined) return create(child);
    left.delete(match);
    return patch(match, child);
  });
  for (const one of left) {
    if (one.kind === 'element') one.dom.dispatchEvent(new Event('unmount'));
    one.dom.remove();
  }
  let cursor = parent.firstChild;
  for (const { dom } of mounted) {
    if (dom === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(dom, cursor);
  }
  return mounted;
}

function findMatch(left: ReadonlySet<Mounted>, child: VNode | string): Mounted | undefined {
  for (const one of left) {
    if (typeof child === 'string') {
      if (one.kind === 'text') return one;
    } else if (one.kind === 'element' && isSame(one.vnode, child)) {
      return one;
    }
  }
  return undefined;
}

/** Of the same tag, key and first class: the first class says what a thing is, further ones how it is. */
function isSame(a: VNode, b: VNode): boolean {
  const hasSameKey = a.tag === b.tag && a.attributes['key'] === b.attributes['key'];
  return hasSameKey && firstClass(a) === firstClass(b);
}

function firstClass({ attributes }: VNode): string {
  return String(attributes['class'] ?? '').split(' ')[0] ?? '';
}

function create(child: VNode | string): Mounted {
  if (typeof child === 'string') {
    return { kind: 'text', dom: document.createTextNode(child), text: child };
  }
  const dom = SVG_TAGS.has(child.tag)
    ? document.createElementNS(SVG, child.tag)
    : document.createElement(child.tag);
  const vnode = { ...child, attributes: {}, children: [] };
  const mounted: MountedElement = { kind: 'element', dom, vnode, handlers: new Map(), children: [] };
  patchElement(mounted, child);
  if (child.attributes['onmount'] !== undefined) arrivals.push(dom);
  return mounted;
}

function patch(mounted: Mounted, child: VNode | string): Mounted {
  if (mounted.kind === 'element') {
    if (typeof child !== 'string' && mounted.vnode !== child) patchElement(mounted, child);
  } else if (typeof child === 'string' && mounted.text !== child) {
    mounted.text = child;
    mounted.dom.data = child;
  }
  return mounted;
}

function patchElement(mounted: MountedElement, next: VNode): void {
  const before = mounted.vnode.attributes;
  // Children first: a select's value means nothing before its options are there.
  mounted.children = patchChildren(mounted.dom, mounted.children, next.children);
  for (const name of new Set([...Object.keys(before), ...Object.keys(next.attributes)])) {
    setAttribute(mounted, name, next.attributes[name]);
  }
  mounted.vnode = next;
}

function setAttribute(mounted: MountedElement, name: string, value: Attribute): void {
  const { dom, vnode } = mounted;
  if (name === 'key') return;
  if (name.startsWith('on')) return setHandler(mounted, name.slice(2), value);
  if (name === 'value' && typeof value === 'string' && setValue(dom, value)) return;
  if (name === 'checked' && dom instanceof HTMLInputElement) {
    dom.checked = value === true;
    return;
  }
  if (vnode.attributes[name] === value) return;
  if (value === undefined || value === null || value === false) dom.removeAttribute(name);
  else dom.setAttribute(name, value === true ? '' : String(value));
}

function setHandler({ dom, handlers }: MountedElement, type: string, value: Attribute): void {
  const isNew = !handlers.has(type);
  handlers.set(type, typeof value === 'function' ? value : () => undefined);
  if (isNew) dom.addEventListener(type, (event) => handlers.get(type)?.(event));
}

function setValue(dom: Element, value: string): boolean {
  const isField = dom instanceof HTMLInputElement || dom instanceof HTMLTextAreaElement;
  if (isField && dom.value !== value) dom.value = value;
  return isField;
}

/** The element that a handler is on. */
export function targetOf<T extends Element>(event: Event, type: new () => T): T {
  if (event.currentTarget instanceof type) return event.currentTarget;
  throw new Error(`The handler of ${event.type} is on another element than it expects.`);
}

export function valueOf(event: Event): string {
  const { currentTarget: field } = event;
  return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : '';
}
