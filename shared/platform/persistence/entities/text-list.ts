import { Type } from '@mikro-orm/core';

/**
 * A `text[]` column. MikroORM's own array type leaves simple elements unquoted, and PostgreSQL reads an unquoted `null`
 * as the absent value (https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO); here every element is quoted.
 */
export class TextList extends Type<string[], string> {
  override convertToDatabaseValue(list: string[]): string {
    const quoted = list.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
    return `{${quoted.join(',')}}`;
  }

  override convertToJSValue(stored: string | string[]): string[] {
    if (!Array.isArray(stored)) throw new TypeError('the PostgreSQL driver must give text[] as an array');
    return stored;
  }

  override getColumnType(): string {
    return 'text[]';
  }

  override compareAsType(): string {
    return 'string';
  }
}
