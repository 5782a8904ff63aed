import type {
  CapabilityFlags,
  Device,
  DeviceSelector,
  DeviceStatus,
  LanePolicy,
  TlsTrust,
} from '../../../domain/device.ts';
import type { DeviceGrant } from '../../../domain/principal.ts';

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
