import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** The access file in force: one row. */
export const AccessFileEntity = defineEntity({
  name: 'AccessFile',
  tableName: 'access_file',
  properties: {
    onlyRow: p.boolean().default(true).primary(),
    content: p.json<unknown>(),
    digest: p.text(),
    since: p.datetime(),
  },
  checks: [{ name: 'access_file_only_row_check', expression: 'only_row' }],
});
export type AccessFileEntity = InferEntity<typeof AccessFileEntity>;
