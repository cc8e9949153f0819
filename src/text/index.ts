import type { en } from './en.ts';

/** The catalog's shape: each language is a file of this type. */
export type Text = typeof en;
