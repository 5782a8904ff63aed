import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** A device's sealed credential, apart from the device so that reading devices never reads secrets. */
export const CredentialEntity = defineEntity({
  name: 'Credential',
  tableName: 'device_credential',
  properties: {
    deviceId: p.text().primary(),
    sealed: p.text(),
    /** How many logins the device has had with this one; sealing the same login anew does not count. */
    generation: p.integer().default(1),
    updatedAt: p.datetime(),
  },
});
export type CredentialEntity = InferEntity<typeof CredentialEntity>;
