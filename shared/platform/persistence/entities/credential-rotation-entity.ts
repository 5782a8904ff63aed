import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** One change of a device's login to one that Convoy made, from before anything is written until it is over. */
export const CredentialRotationEntity = defineEntity({
  name: 'CredentialRotation',
  tableName: 'credential_rotation',
  properties: {
    rotationId: p.text().primary(),
    deviceId: p.text(),
    state: p.text().$type<'pending' | 'switched' | 'done' | 'taken_back' | 'left'>(),
    username: p.text(),
    previousUsername: p.text(),
    /** Of the credential that is replaced. */
    generation: p.integer(),
    /** The new login; null once it is stored with the device, or given up. */
    sealed: p.text().strictNullable(),
    /** The login before, while it may have to be put back. */
    previousSealed: p.text().strictNullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  indexes: [{ name: 'credential_rotation_device_index', properties: ['deviceId'] }],
});
export type CredentialRotationEntity = InferEntity<typeof CredentialRotationEntity>;
