import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** Somebody, or one token, that is refused until it is taken back. */
export const RevocationEntity = defineEntity({
  name: 'Revocation',
  tableName: 'revocation',
  properties: {
    kind: p.text().$type<'user' | 'token'>().primary(),
    subject: p.text().primary(),
    comment: p.text(),
    revokedBy: p.text(),
    revokedAt: p.datetime(),
  },
});
export type RevocationEntity = InferEntity<typeof RevocationEntity>;
