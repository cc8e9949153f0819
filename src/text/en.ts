import * as catalog from './en/index.ts';

/**
 * Every sentence a person reads, in English, by where it is read. Another language is one more file of this shape, and a line in languages.ts.
 * Values passed in are already safe for where they go: callers escape what users and Devin wrote.
 */
export const en = catalog;
