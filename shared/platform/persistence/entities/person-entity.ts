import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import type { RoleGrant } from '../../../domain/principal.ts';

/** A person or service, as verified tokens showed them. */
export const PersonEntity = defineEntity({
  name: 'Person',
  tableName: 'person',
  properties: {
    sub: p.text().primary(),
    issuer: p.text(),
    email: p.text().strictNullable(),
    name: p.text().strictNullable(),
    grants: p.json<RoleGrant[]>().defaultRaw(`'[]'`),
    askedAs: p.json<RoleGrant[]>().strictNullable(),
    firstSeenAt: p.datetime(),
    lastSeenAt: p.datetime(),
    signedOutAt: p.datetime().strictNullable(),
  },
});
export type PersonEntity = InferEntity<typeof PersonEntity>;
