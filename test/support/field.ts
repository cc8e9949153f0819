import { fields, type Field, type FieldKey } from '../../src/session/fields.ts';

export function fieldOf(wanted: FieldKey): Field {
  const field = fields.find(({ key }) => key === wanted);
  if (field === undefined) throw new Error(`no field ${wanted}`);
  return field;
}
