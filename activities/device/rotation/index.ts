import type { Device } from '../../../shared/domain/device.ts';
import type { OldUserFate, PreparedLogin, RotationActivities } from '../../../shared/contract/rotation-messages.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { open, seal } from '../../../shared/platform/encryption/envelope.ts';
import type { Keyring } from '../../../shared/platform/encryption/keyring.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import type { CredentialRotation } from '../../../shared/platform/persistence/stores/rotation-store.ts';
import { probeRouter } from '../../routeros/probe-router.ts';
import type { RequestGate } from '../../routeros/router-target.ts';
import type { DeviceSession, RouterScope } from '../device-session.ts';
import { HEALTH_MENU, readHealth } from '../health.ts';
import { SealedLogin } from '../lane-session.ts';
import { newLogin, newUsername } from './new-login.ts';
import { createUser, lookAtUsers, LOOKED_AT, removeUser, retireUser, USERS, WRITTEN } from './router-users.ts';

export interface RotationDeps {
  device: Pick<Device, 'deviceId' | 'host' | 'restPort' | 'tls' | 'sshPort' | 'sshHostKey'>;
  /** The login the lane was opened with. */
  sealed: string;
  session: DeviceSession;
  keyring: Keyring;
  gate: RequestGate;
  database: Pick<Database, 'rotations' | 'credentials'>;
  assertOwner: () => Promise<void>;
  /** Has the lane open anew soon, with the login that is stored then. */
  reopen: () => void;
  /** Aborted when the running activity is given up. Default: never. */
  cancelled?: () => AbortSignal;
}

/** What a lane does to give its device a new login. */
export function createRotationActivities(deps: RotationDeps): RotationActivities {
  const { device, session, keyring, database } = deps;
  const { rotations } = database;
  const ownUsername = (): string => openLogin(deps, deps.sealed).username;

  return {
    async clearLeftLogins({ rotationId, deviceId }) {
      assertMine(deps, deviceId);
      await demandCurrent(deps);
      for (const left of await rotations.unfinished(deviceId)) {
        if (left.rotationId === rotationId) continue;
        const isInUse = left.username === ownUsername();
        if (!isInUse) await removeUser(session.router(writing(deps)), left.username, markOf(left));
        await rotations.end(left.rotationId, isInUse ? 'done' : 'taken_back');
      }
    },

    async prepareLogin({ rotationId, deviceId, oldUser }) {
      assertMine(deps, deviceId);
      const former = openLogin(deps, deps.sealed);
      const fate = oldUser ?? ((await rotations.made(deviceId, former.username)) ? 'remove' : 'disable');
      const kept = await rotations.get(rotationId);
      if (kept !== null) return prepared(kept, fate);
      await demandCurrent(deps);
      const facts = await session.fresh({ paths: LOOKED_AT, effect: 'read' }, (router) =>
        lookAtUsers(router, former.username),
      );
      if (fate !== 'keep' && facts.scheduled.length > 0) throw wouldStop(facts.scheduled);
      const login = await newLogin(former, newUsername(facts.names), facts.minimumLength);
      const begun = await rotations.begin({
        rotationId,
        deviceId,
        username: login.username,
        previousUsername: former.username,
        sealed: seal(keyring, JSON.stringify(login), deviceId),
      });
      return prepared(begun, fate);
    },

    async createLogin({ rotationId, deviceId }) {
      assertMine(deps, deviceId);
      const rotation = await pending(deps, rotationId);
      const { username, password, sshPrivateKey } = openLogin(deps, rotation.sealed);
      const user = { username, password, sshPrivateKey, like: rotation.previousUsername, comment: markOf(rotation) };
      await settled(() => createUser(session.router(writing(deps)), user));
    },

    async proveLogin({ rotationId, deviceId }) {
      assertMine(deps, deviceId);
      const { sealed } = await pending(deps, rotationId);
      const { host, restPort, tls, sshPort, sshHostKey } = device;
      const ssh = sshPort === null ? null : { port: sshPort, hostKey: sshHostKey };
      const signal = deps.cancelled?.();
      await probeRouter({ host, restPort, tls, ssh, gate: deps.gate, signal, ...openLogin(deps, sealed) });
    },

    async proveLane({ rotationId, deviceId }) {
      assertMine(deps, deviceId);
      await demandCurrent(deps);
      const rotation = await rotations.get(rotationId);
      if (rotation?.username !== ownUsername()) throw otherLogin();
      await session.router({ paths: [USERS], effect: 'read' }).list(USERS, { fields: ['name'] });
      await session.fresh({ paths: [HEALTH_MENU], effect: 'read' }, readHealth);
    },

    async retireLogin({ rotationId, deviceId, fate }) {
      assertMine(deps, deviceId);
      await demandCurrent(deps);
      const rotation = await rotations.get(rotationId);
      if (rotation?.username !== ownUsername()) throw otherLogin();
      await settled(() => retireUser(session.router(writing(deps)), rotation.previousUsername, fate));
    },

    async removeLogin({ rotationId, deviceId }) {
      assertMine(deps, deviceId);
      await demandCurrent(deps);
      const rotation = await rotations.get(rotationId);
      if (rotation === null) return;
      if (rotation.username === ownUsername()) throw otherLogin();
      await settled(() => removeUser(session.router(writing(deps)), rotation.username, markOf(rotation)));
    },
  };
}

/** How a user that a rotation made is known again: nobody else's user has this comment. */
function markOf({ rotationId }: Pick<CredentialRotation, 'rotationId'>): string {
  return `Convoy ${rotationId}`;
}

function prepared({ username, previousUsername }: CredentialRotation, fate: OldUserFate): PreparedLogin {
  return { username, previousUsername, fate };
}

function writing({ assertOwner, cancelled }: RotationDeps): RouterScope {
  return { paths: WRITTEN, effect: 'write', signal: cancelled?.(), mayWrite: assertOwner };
}

function openLogin({ keyring, device }: RotationDeps, sealed: string): SealedLogin {
  return SealedLogin.parse(JSON.parse(open(keyring, sealed, device.deviceId)));
}

async function pending(
  { database }: RotationDeps,
  rotationId: string,
): Promise<CredentialRotation & { sealed: string }> {
  const rotation = await database.rotations.get(rotationId);
  if (rotation !== null && rotation.sealed !== null) return { ...rotation, sealed: rotation.sealed };
  throw new AppError('CONFLICT', { message: 'This rotation is over: its new login is in use or was given up.' });
}

/** Fails with LANE_LOST, which is repeated, while the lane still has another login than the stored one. */
async function demandCurrent({ database, device, sealed, reopen }: RotationDeps): Promise<void> {
  if ((await database.credentials.get(device.deviceId)) === sealed) return;
  reopen();
  throw new AppError('LANE_LOST', { message: 'The lane goes over to the login that is stored now.' });
}

/**
 * What is written here looks before it writes, and does nothing where it is done already. So an outcome that nobody knows
 * is settled by doing it again.
 */
async function settled(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'OUTCOME_UNKNOWN') throw error;
    throw new AppError('DEVICE_TIMEOUT', { message: error.message, details: error.details, cause: error });
  }
}

function otherLogin(): AppError {
  return new AppError('CONFLICT', { message: 'The device was given another login meanwhile; that one is kept.' });
}

function wouldStop(scheduled: readonly string[]): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message: `Entries of the router's scheduler run as its present user and would stop without it: ${scheduled.slice(0, 10).join(', ')}.`,
    hint: 'Keep the user (oldUser "keep"), or let another user own the entries first.',
    details: { scheduled: scheduled.slice(0, 10) },
  });
}

function assertMine({ device }: RotationDeps, asked: string): void {
  if (asked === device.deviceId) return;
  throw new AppError('INTERNAL_ERROR', { message: `This lane serves ${device.deviceId}, not ${asked}.` });
}
