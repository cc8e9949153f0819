import type { Language } from '../../src/session/preferences.ts';
import { en, type Sample } from './en.ts';
import { ja } from './ja.ts';

export const SAMPLES: Readonly<Record<Language, Sample>> = { en, ja };
