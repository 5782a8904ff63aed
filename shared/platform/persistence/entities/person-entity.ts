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
    /** The claims behind `grants`, for another access file; null keeps the grants whatever file is in force. */
    claims: p.json<Record<string, unknown>>().strictNullable(),
    askedAs: p.json<RoleGrant[]>().strictNullable(),
    /** The claims behind `askedAs`. */
    askedClaims: p.json<Record<string, unknown>>().strictNullable(),
    firstSeenAt: p.datetime(),
    lastSeenAt: p.datetime(),
  },
});
export type PersonEntity = InferEntity<typeof PersonEntity>;
