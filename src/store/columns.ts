import type { ColumnType } from 'kysely';

/**
 * The columns of a row that a schema reads. `JsonName`: those that hold JSON, which is written as text (`json()` in
 * sql.ts) and read as it was written. `DefaultName`: those that an insert can leave out.
 */
export type Columns<Row, JsonName extends keyof Row = never, DefaultName extends keyof Row = never> = {
  [Name in keyof Row]: ColumnType<
    Name extends JsonName ? unknown : Row[Name],
    Written<Row, Name, JsonName> | (Name extends DefaultName ? undefined : never),
    Written<Row, Name, JsonName>
  >;
};

type Written<Row, Name extends keyof Row, JsonName> = Name extends JsonName
  ? string | Extract<Row[Name], null>
  : Row[Name];
