import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import {
  CapabilityFlags,
  LanePolicy,
  type TlsTrust,
  type Device,
  type DeviceSelector,
  type DeviceStatus,
} from '../../../domain/device.ts';
import { SETTLED_PLAN_STATUSES } from '../../../domain/plan.ts';
import type { DeviceGrant } from '../../../domain/principal.ts';
import { AppError } from '../../../errors/app-error.ts';
import { isDuplicate } from '../database-error.ts';
import { deviceTag } from '../device-tag.ts';
import { all, grantsCondition, isEmptySelector, selectorCondition, oneOf } from '../device-filter.ts';
import { CredentialEntity } from '../entities/credential-entity.ts';
import { CredentialRotationEntity } from '../entities/credential-rotation-entity.ts';
import { DeviceEntity } from '../entities/device-entity.ts';
import { plainRows } from '../plain-rows.ts';
import { storedText } from '../stored-text.ts';
import type { Units } from '../units.ts';
import { putCredential } from './credential-row.ts';
import { toDevice } from './device-row.ts';
import { currentMs } from '../../process/platform-clock.ts';

/** The registry of routers. Every method that takes a device id fails with DEVICE_NOT_FOUND when there is none. */
export interface DeviceStore {
  /** Stores the device and its sealed credential in one transaction. Fails with DEVICE_EXISTS on a name in use. */
  insert(device: Device, sealedCredential: string): Promise<void>;
  get(deviceId: string): Promise<Device | null>;
  /** By id, else by name; of several devices that had the name, the one that has it now, else the last one. */
  find(ref: string): Promise<Device | null>;
  /** Those that exist, ordered by name; unknown ids are simply absent from the answer. */
  getMany(deviceIds: readonly string[]): Promise<Device[]>;
  /**
   * Devices that meet every given criterion and are covered by a grant, ordered by name. Tags: has all of them. An empty
   * selector selects nothing, and decommissioned devices are selected only when `status` says so.
   */
  select(selector: DeviceSelector, grants: readonly DeviceGrant[]): Promise<Device[]>;
  /** One page of the devices covered by a grant, ordered by name; without a selector all that are not decommissioned. */
  list(request: DeviceListRequest): Promise<DeviceList>;
  /** Writes what a router said about itself; a decommissioned device stays so. */
  recordFacts(deviceId: string, facts: DeviceFacts, precondition?: Precondition): Promise<Device>;
  /** All of the edit or none of it; fields left out stay. Fails with PRECONDITION_FAILED as `precondition` says. */
  edit(deviceId: string, edit: DeviceEdit, precondition?: Precondition): Promise<Device>;
  /** Puts another sealed credential in place of the present one, and what the router said when it was tried. */
  replaceCredential(
    deviceId: string,
    replacement: { sealed: string; facts: DeviceFacts },
    precondition?: Precondition,
  ): Promise<Device>;
  /**
   * Nothing selects or starts anything on the device any more; its record, name and credential are still there. Fails with
   * DEVICE_IN_USE, naming the plans, while one that is not settled covers it. Doing it twice changes nothing.
   */
  decommission(deviceId: string, precondition?: Precondition): Promise<Device>;
  /** Takes a `decommission` back that was not completed. */
  reinstate(deviceId: string, status: Exclude<DeviceStatus, 'decommissioned'>): Promise<Device>;
  /** Completes a `decommission`: the credential is destroyed and the name is free; the record stays. */
  retire(deviceId: string): Promise<Device>;
}

/** What an administrator may change of a registered device. */
export interface DeviceEdit {
  /** Sets the given flags and keeps the others. */
  flags?: Partial<CapabilityFlags> | undefined;
  tags?: readonly string[] | undefined;
  /** Sets the given limits and keeps the others. */
  lane?: Partial<LanePolicy> | undefined;
  tls?: TlsTrust | undefined;
  /** Null: the device is no longer reached over SSH. */
  ssh?: { port: number; hostKey: string } | null | undefined;
}

/**
 * What the device must be for a change to happen, compared in the change's own transaction: one of these tags of
 * `deviceTag`. Default: whatever it is.
 */
export interface Precondition {
  anyOf: readonly string[];
}

export interface DeviceListRequest {
  selector?: DeviceSelector;
  grants: readonly DeviceGrant[];
  /** Rows of a page. */
  limit: number;
  /** The last device of the page before. */
  after?: Pick<Device, 'name' | 'deviceId'>;
}

export interface DeviceList {
  devices: Device[];
  /** Devices on all pages. */
  total: number;
}

export interface DeviceFacts {
  status?: Exclude<DeviceStatus, 'decommissioned'>;
  identity?: string | null;
  model?: string | null;
  version?: string | null;
  serialNumber?: string | null;
}

export function createDeviceStore(units: Units): DeviceStore {
  const update = (
    deviceId: string,
    assign: (row: DeviceEntity, em: EntityManager) => void | Promise<void>,
    precondition?: Precondition,
  ): Promise<Device> =>
    units.transact(async (em) => {
      const row = await em.findOne(DeviceEntity, { deviceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (row === null) throw new AppError('DEVICE_NOT_FOUND');
      refuseStale(row, precondition);
      await assign(row, em);
      row.updatedAt = new Date(currentMs());
      await em.flush();
      return toDevice(row);
    });

  return {
    insert: (device, sealedCredential) => insertDevice(units, device, sealedCredential),
    get: (deviceId) =>
      units.run(async (em) => {
        const row = await em.findOne(DeviceEntity, { deviceId });
        return row === null ? null : toDevice(row);
      }),
    find: (ref) =>
      units.run(async (em) => {
        const rows = await plainRows(em, DeviceEntity, 'device_id = ? or name = ?', [ref, ref]);
        const named = rows.toSorted((a, b) => (a.deviceId < b.deviceId ? 1 : -1));
        const row =
          rows.find(({ deviceId }) => deviceId === ref) ??
          named.find(({ retiredAt }) => retiredAt === null) ??
          named[0];
        return row === undefined ? null : toDevice(row);
      }),
    getMany: (deviceIds) =>
      units.run(async (em) => {
        const { sql, values } = oneOf('device_id', [...deviceIds]);
        return (await plainRows(em, DeviceEntity, `${sql} order by name`, values)).map(toDevice);
      }),
    select: (selector, grants) => {
      if (isEmptySelector(selector)) return Promise.resolve([]);
      const condition = all([selectorCondition(selector), grantsCondition(grants)]);
      return units.run(async (em) => {
        const rows = await em
          .qb(DeviceEntity)
          .where(condition.sql, condition.values)
          .orderBy({ name: 'asc' })
          .getResult();
        return rows.map(toDevice);
      });
    },
    list: ({ selector = {}, grants, limit, after }) => {
      const visible = all([selectorCondition(selector), grantsCondition(grants)]);
      // Devices that are gone may have had the same name.
      const behind =
        after === undefined ? null : { sql: '(name, device_id) > (?, ?)', values: [after.name, after.deviceId] };
      const page = all([visible, behind]);
      return units.run(async (em) => {
        const order = { name: 'asc', deviceId: 'asc' } as const;
        const query = em.qb(DeviceEntity).where(page.sql, page.values).orderBy(order).limit(limit);
        const rows = await query.getResult();
        const total = await em.qb(DeviceEntity).where(visible.sql, visible.values).getCount();
        return { devices: rows.map(toDevice), total };
      });
    },
    recordFacts: (deviceId, facts, precondition) => update(deviceId, (row) => assignFacts(row, facts), precondition),
    edit: (deviceId, edit, precondition) => update(deviceId, (row) => assignEdit(row, edit), precondition),
    replaceCredential: (deviceId, { sealed, facts }, precondition) =>
      update(
        deviceId,
        async (row, em) => {
          if (row.status === 'decommissioned') throw new AppError('DEVICE_DECOMMISSIONED');
          assignFacts(row, facts);
          await putCredential(em, deviceId, sealed);
        },
        precondition,
      ),
    decommission: (deviceId, precondition) =>
      update(
        deviceId,
        async (row, em) => {
          await refuseOpenPlans(em, deviceId);
          row.status = 'decommissioned';
        },
        precondition,
      ),
    reinstate: (deviceId, status) =>
      update(deviceId, (row) => {
        if (row.retiredAt === null) row.status = status;
      }),
    retire: (deviceId) =>
      update(deviceId, async (row, em) => {
        row.status = 'decommissioned';
        row.retiredAt ??= new Date(currentMs());
        await em.nativeDelete(CredentialEntity, { deviceId });
        await em.nativeUpdate(CredentialRotationEntity, { deviceId }, { sealed: null, previousSealed: null });
      }),
  };
}

function refuseStale(row: DeviceEntity, precondition: Precondition | undefined): void {
  if (precondition === undefined || precondition.anyOf.includes(deviceTag(toDevice(row)))) return;
  throw new AppError('PRECONDITION_FAILED', {
    message: `${row.name} has changed since you read it; nothing was done.`,
    hint: 'Read the device again, and repeat the change if it is still wanted.',
    details: { deviceId: row.deviceId },
  });
}

/** A plan takes a share of its devices' rows when it is made, so it is either seen here or sees the device decommissioned. */
async function refuseOpenPlans(em: EntityManager, deviceId: string): Promise<void> {
  const rows = await em.execute<{ plan_id: string }[]>(
    `select plan_id from plan join plan_device using (plan_id)
     where device_id = ? and plan.status not in (?) order by plan_id limit 10`,
    [deviceId, SETTLED_PLAN_STATUSES],
  );
  if (rows.length === 0) return;
  const planIds = rows.map(({ plan_id: planId }) => planId);
  throw new AppError('DEVICE_IN_USE', {
    message: `The device is part of ${planIds.join(', ')}, which is not finished.`,
    hint: 'Wait for the plan to end, or cancel it.',
    details: { deviceId, planIds },
  });
}

function assignFacts(row: DeviceEntity, { status, ...facts }: DeviceFacts): void {
  if (status !== undefined && row.status !== 'decommissioned') row.status = status;
  if (facts.identity !== undefined) row.identity = storedText(facts.identity);
  if (facts.model !== undefined) row.model = storedText(facts.model);
  if (facts.version !== undefined) row.version = storedText(facts.version);
  if (facts.serialNumber !== undefined) row.serialNumber = storedText(facts.serialNumber);
}

function assignEdit(row: DeviceEntity, { flags, tags, lane, tls, ssh }: DeviceEdit): void {
  if (row.status === 'decommissioned') throw new AppError('DEVICE_DECOMMISSIONED');
  if (flags !== undefined) row.flags = CapabilityFlags.parse({ ...row.flags, ...givenOf(flags) });
  if (tags !== undefined) row.tags = [...new Set(tags)];
  if (lane !== undefined) row.lane = LanePolicy.parse({ ...row.lane, ...givenOf(lane) });
  if (tls !== undefined) row.tls = tls;
  if (ssh !== undefined) {
    row.sshPort = ssh?.port ?? null;
    row.sshHostKey = ssh?.hostKey ?? null;
  }
}

/** Without fields that are there but undefined, which would otherwise hide what is stored. */
function givenOf(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

async function insertDevice(units: Units, device: Device, sealed: string): Promise<void> {
  await units.transact(async (em) => {
    try {
      await em.insert(DeviceEntity, {
        ...device,
        breaker: null,
        retiredAt: null,
        identity: storedText(device.identity),
        model: storedText(device.model),
        version: storedText(device.version),
        serialNumber: storedText(device.serialNumber),
        createdAt: new Date(device.createdAt),
        updatedAt: new Date(device.updatedAt),
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new AppError('DEVICE_EXISTS', { details: { name: device.name } });
    }
    await putCredential(em, device.deviceId, sealed);
  });
}
