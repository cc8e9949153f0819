import type { Field, FieldGroup, FieldKey } from '../../../session/fields.ts';
import { fields } from '../../../session/fields.ts';

/** The one field a form cannot do without; it comes first. */
export const TASK = 'prompt' satisfies FieldKey;

/** Groups that "More options" adds, in order. */
export const MORE_GROUPS = [
  'about',
  'guidance',
  'access',
  'files',
  'result',
  'machine',
] as const satisfies FieldGroup[];

export function shownFields(expanded: boolean): Field[] {
  return fields.filter(({ group }) => expanded || group === 'main');
}
