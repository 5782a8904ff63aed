import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../../../errors/app-error.ts';
import { CredentialEntity } from '../entities/credential-entity.ts';
import { CredentialRotationEntity } from '../entities/credential-rotation-entity.ts';
import { DeviceEntity } from '../entities/device-entity.ts';
import type { Units } from '../units.ts';
import { putCredential } from './credential-row.ts';
import { currentMs } from '../../process/platform-clock.ts';

/** A change of a device's login to one that Convoy made. Secrets in it are sealed with the device id as associated data. */
export interface CredentialRotation {
  rotationId: string;
  deviceId: string;
  state: RotationState;
  username: string;
  previousUsername: string;
  /** The new login, until it is stored with the device or given up. */
  sealed: string | null;
}

/**
 * `pending`: the device has its former login. `switched`: it has the new one. `done`: over, with the new one.
 * `taken_back`: over, with the former one. `left`: over, with the former one, and the new user may still be on the router.
 */
export type RotationState = CredentialRotationEntity['state'];

export interface RotationStore {
  get(rotationId: string): Promise<CredentialRotation | null>;
  /** Keeps a login before anything is written; a repeated id answers what is kept already. */
  begin(rotation: Omit<CredentialRotation, 'state'> & { sealed: string }): Promise<CredentialRotation>;
  /**
   * The new login becomes the device's, and the former one is kept. Doing it twice changes nothing. Fails with CONFLICT when
   * the device has got another login since `begin`, and with DEVICE_DECOMMISSIONED.
   */
  switch(rotationId: string): Promise<void>;
  /** The former login becomes the device's again; fails with CONFLICT when it has got a third one meanwhile. */
  switchBack(rotationId: string): Promise<void>;
  /** It is over, and both secrets in it are forgotten. */
  end(rotationId: string, state: Extract<RotationState, 'done' | 'taken_back' | 'left'>): Promise<void>;
  /** Those of a device that are not over, or left a user behind, oldest first. */
  unfinished(deviceId: string): Promise<CredentialRotation[]>;
  /** Whether a rotation made this user of the device. */
  made(deviceId: string, username: string): Promise<boolean>;
}

export function createRotationStore(units: Units): RotationStore {
  return {
    get: (rotationId) =>
      units.run(async (em) => {
        const row = await em.findOne(CredentialRotationEntity, { rotationId });
        return row === null ? null : shown(row);
      }),
    begin: (rotation) => units.transact((em) => begin(em, rotation)),
    switch: (rotationId) =>
      units.transact(async (em) => {
        const row = await locked(em, rotationId);
        if (row.state !== 'pending') return;
        const credential = await credentialOf(em, row, row.generation);
        row.previousSealed = credential.sealed;
        await putCredential(em, row.deviceId, row.sealed ?? forgotten(row));
        row.sealed = null;
        row.state = 'switched';
        row.updatedAt = new Date(currentMs());
      }),
    switchBack: (rotationId) =>
      units.transact(async (em) => {
        const row = await locked(em, rotationId);
        if (row.state !== 'switched') return;
        await credentialOf(em, row, row.generation + 1);
        await putCredential(em, row.deviceId, row.previousSealed ?? forgotten(row));
        row.previousSealed = null;
        row.state = 'left';
        row.updatedAt = new Date(currentMs());
      }),
    end: (rotationId, state) =>
      units.run(async (em) => {
        await em.nativeUpdate(
          CredentialRotationEntity,
          { rotationId },
          { state, sealed: null, previousSealed: null, updatedAt: new Date(currentMs()) },
        );
      }),
    unfinished: (deviceId) =>
      units.run(async (em) => {
        const states = ['pending', 'switched', 'left'] as const;
        const rows = await em.find(
          CredentialRotationEntity,
          { deviceId, state: { $in: [...states] } },
          { orderBy: { createdAt: 'asc' } },
        );
        return rows.map(shown);
      }),
    made: (deviceId, username) =>
      units.run(async (em) => (await em.count(CredentialRotationEntity, { deviceId, username, state: 'done' })) > 0),
  };
}

async function begin(
  em: EntityManager,
  { rotationId, deviceId, username, previousUsername, sealed }: Parameters<RotationStore['begin']>[0],
): Promise<CredentialRotation> {
  const credential = await em.findOne(CredentialEntity, { deviceId });
  if (credential === null) throw new AppError('DEVICE_NOT_FOUND');
  await em.execute(
    `insert into credential_rotation
       (rotation_id, device_id, state, username, previous_username, generation, sealed, created_at, updated_at)
     values (?, ?, 'pending', ?, ?, ?, ?, now(), now()) on conflict (rotation_id) do nothing`,
    [rotationId, deviceId, username, previousUsername, credential.generation, sealed],
  );
  return shown(await em.findOneOrFail(CredentialRotationEntity, { rotationId }));
}

/** The rotation, with its device's row locked first, as everything that changes a device does. */
async function locked(em: EntityManager, rotationId: string): Promise<CredentialRotationEntity> {
  const row = await em.findOne(CredentialRotationEntity, { rotationId });
  if (row === null) throw new AppError('NOT_FOUND', { message: 'There is no such rotation of a login.' });
  const lockMode = LockMode.PESSIMISTIC_WRITE;
  const device = await em.findOneOrFail(DeviceEntity, { deviceId: row.deviceId }, { lockMode });
  if (device.status === 'decommissioned') throw new AppError('DEVICE_DECOMMISSIONED');
  // Lanes look at credentials when their device's record is a new one.
  device.updatedAt = new Date(currentMs());
  await em.refresh(row, { lockMode });
  return row;
}

async function credentialOf(
  em: EntityManager,
  { deviceId }: CredentialRotationEntity,
  generation: number,
): Promise<CredentialEntity> {
  const credential = await em.findOne(CredentialEntity, { deviceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (credential?.generation === generation) return credential;
  throw new AppError('CONFLICT', {
    message: 'The device was given another login meanwhile; that one is kept.',
    details: { deviceId },
  });
}

function forgotten({ rotationId }: CredentialRotationEntity): never {
  throw new AppError('INTERNAL_ERROR', { message: `The rotation ${rotationId} no longer holds the login.` });
}

function shown(row: CredentialRotationEntity): CredentialRotation {
  const { rotationId, deviceId, state, username, previousUsername, sealed } = row;
  return { rotationId, deviceId, state, username, previousUsername, sealed };
}
