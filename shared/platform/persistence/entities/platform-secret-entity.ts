import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** A secret of the platform's own that all processes share, sealed with its name as associated data. */
export const PlatformSecretEntity = defineEntity({
  name: 'PlatformSecret',
  tableName: 'platform_secret',
  properties: {
    name: p.text().primary(),
    sealed: p.text(),
    createdAt: p.datetime(),
  },
});
export type PlatformSecretEntity = InferEntity<typeof PlatformSecretEntity>;
