import * as catalog from './ja/index.ts';
import type { Text } from './index.ts';

/** Every sentence a person reads, in Japanese. Command words, options and the manifest stay in English. */
export const ja: Text = catalog;
