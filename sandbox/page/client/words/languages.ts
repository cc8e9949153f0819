import { en } from './en.ts';
import { ja } from './ja.ts';

/** A language of the app that is missing here doesn't compile in `sandbox/demo.ts`. */
export const WORDS = { en, ja };
