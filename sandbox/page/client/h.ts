import { createElement, type AllHTMLAttributes, type SVGAttributes, type VNode } from 'preact';

export type { VNode };
export type Child = VNode | string | null | false | readonly Child[];

type Elements = HTMLElementTagNameMap & Pick<SVGElementTagNameMap, 'svg' | 'path' | 'rect'>;
type TagIn<Selector> = Selector extends `${infer Tag}.${string}` ? Tag : Selector;
type Known<Tag> = Tag extends keyof HTMLElementTagNameMap
  ? AllHTMLAttributes<HTMLElementTagNameMap[Tag]>
  : Tag extends keyof Elements
    ? SVGAttributes<Elements[Tag]>
    : never;

/** What Preact knows of an element; null leaves an attribute out. */
type Attributes<Tag> = { [Name in keyof Known<Tag>]: Known<Tag>[Name] | null } & {
  [data: `data-${string}`]: string | null | undefined;
};

/** `h('button.primary', { onClick }, 'Send')`: tag, classes, attributes, children. */
export function h<Selector extends string>(
  selector: Selector,
  attributes: Attributes<TagIn<Selector>>,
  ...children: Child[]
): VNode {
  const [tag = 'div', ...classes] = selector.split('.');
  const given: object = classes.length === 0 ? attributes : { ...attributes, class: classes.join(' ') };
  return createElement(tag, given, ...children);
}

/** Without attributes: `tag('strong', name)`. */
export const tag = (selector: string, ...children: Child[]): VNode => h(selector, {}, ...children);
