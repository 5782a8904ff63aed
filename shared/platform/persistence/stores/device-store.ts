import { LockMode } from '@mikro-orm/core';
import { breakerAt } from '../../../domain/breaker.ts';
import {
  CapabilityFlags,
  LanePolicy,
  TlsTrust,
  type Device,
  type DeviceSelector,
  type DeviceStatus,
} from '../../../domain/device.ts';
import type { DeviceGrant } from '../../../domain/principal.ts';
import { AppError } from '../../../errors/app-error.ts';
import { isDuplicate } from '../database-error.ts';
import { all, grantsCondition, isEmptySelector, selectorCondition } from '../device-filter.ts';
import { CredentialEntity } from '../entities/credential-entity.ts';
import { DeviceEntity } from '../entities/device-entity.ts';
import { plainRows } from '../plain-rows.ts';
import { storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/** The registry of routers. Every method that takes a device id fails with DEVICE_NOT_FOUND when there is none. */
export interface DeviceStore {
  /** Stores the device and its sealed credential in one transaction. Fails with DEVICE_EXISTS on a name in use. */
  insert(device: Device, sealedCredential: string): Promise<void>;
  get(deviceId: string): Promise<Device | null>;
  /** By id, else by name. */
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
  recordFacts(deviceId: string, facts: DeviceFacts): Promise<void>;
  /** Sets the given flags and keeps the others. */
  setFlags(deviceId: string, flags: Partial<CapabilityFlags>): Promise<Device>;
  setTags(deviceId: string, tags: readonly string[]): Promise<Device>;
  setTls(deviceId: string, tls: TlsTrust): Promise<Device>;
  /** Null: the device is no longer reached over SSH. */
  setSsh(deviceId: string, ssh: { port: number; hostKey: string } | null): Promise<Device>;
  /** Sets the given limits and keeps the others. */
  setLane(deviceId: string, lane: Partial<LanePolicy>): Promise<Device>;
  /** The device stays for the record; nothing selects it any more. Its name stays taken. */
  decommission(deviceId: string): Promise<Device>;
}

export interface DeviceListRequest {
  selector?: DeviceSelector;
  grants: readonly DeviceGrant[];
  /** Rows of a page. */
  limit: number;
  /** Name of the last device of the page before. */
  after?: string;
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
  const update = (deviceId: string, assign: (row: DeviceEntity) => void): Promise<Device> =>
    units.transact(async (em) => {
      const row = await em.findOne(DeviceEntity, { deviceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (row === null) throw new AppError('DEVICE_NOT_FOUND');
      assign(row);
      row.updatedAt = new Date();
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
        const row = rows.find(({ deviceId }) => deviceId === ref) ?? rows[0];
        return row === undefined ? null : toDevice(row);
      }),
    getMany: (deviceIds) =>
      units.run(async (em) => {
        const rows = await em.find(DeviceEntity, { deviceId: { $in: [...deviceIds] } }, { orderBy: { name: 'asc' } });
        return rows.map(toDevice);
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
      const page = all([visible, after === undefined ? null : { sql: 'name > ?', values: [after] }]);
      return units.run(async (em) => {
        const query = em.qb(DeviceEntity).where(page.sql, page.values).orderBy({ name: 'asc' }).limit(limit);
        const rows = await query.getResult();
        const total = await em.qb(DeviceEntity).where(visible.sql, visible.values).getCount();
        return { devices: rows.map(toDevice), total };
      });
    },
    recordFacts: async (deviceId, { status, ...facts }) => {
      await update(deviceId, (row) => {
        if (status !== undefined && row.status !== 'decommissioned') row.status = status;
        if (facts.identity !== undefined) row.identity = storedText(facts.identity);
        if (facts.model !== undefined) row.model = storedText(facts.model);
        if (facts.version !== undefined) row.version = storedText(facts.version);
        if (facts.serialNumber !== undefined) row.serialNumber = storedText(facts.serialNumber);
      });
    },
    setFlags: (deviceId, flags) =>
      update(deviceId, (row) => {
        row.flags = CapabilityFlags.parse({ ...row.flags, ...givenOf(flags) });
      }),
    setTags: (deviceId, tags) =>
      update(deviceId, (row) => {
        row.tags = [...new Set(tags)];
      }),
    setTls: (deviceId, tls) =>
      update(deviceId, (row) => {
        row.tls = tls;
      }),
    setSsh: (deviceId, ssh) =>
      update(deviceId, (row) => {
        row.sshPort = ssh?.port ?? null;
        row.sshHostKey = ssh?.hostKey ?? null;
      }),
    setLane: (deviceId, lane) =>
      update(deviceId, (row) => {
        row.lane = LanePolicy.parse({ ...row.lane, ...givenOf(lane) });
      }),
    decommission: (deviceId) =>
      update(deviceId, (row) => {
        row.status = 'decommissioned';
      }),
  };
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
    await em.insert(CredentialEntity, { deviceId: device.deviceId, sealed, updatedAt: new Date() });
  });
}

function toDevice(row: DeviceEntity): Device {
  return {
    deviceId: row.deviceId,
    name: row.name,
    host: row.host,
    restPort: row.restPort,
    sshPort: row.sshPort,
    sshHostKey: row.sshHostKey,
    environment: row.environment,
    tags: [...row.tags],
    flags: CapabilityFlags.parse(row.flags),
    status: row.status,
    tls: TlsTrust.parse(row.tls),
    lane: LanePolicy.parse(row.lane),
    identity: row.identity,
    model: row.model,
    version: row.version,
    serialNumber: row.serialNumber,
    breaker: breakerAt(row.breaker, Date.now()),
    createdAt: toIsoTime(row.createdAt),
    updatedAt: toIsoTime(row.updatedAt),
  };
}
