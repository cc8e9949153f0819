import { en } from './en.ts';

/** The catalogue's shape: each language is a file of this type. */
export type Text = typeof en;

export { en };
