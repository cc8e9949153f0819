import { en } from './words/en.ts';
import { WORDS } from './words/languages.ts';

/** The server names the page's language in the document; without a document, in a test, it's English. */
const given = typeof document === 'undefined' ? 'en' : document.documentElement.lang;

const [language, found] = Object.entries(WORDS).find(([one]) => one === given) ?? ['en', en];

export const LOCALE = language;
export const wording = found;
