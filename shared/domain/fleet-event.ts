import { z } from 'zod';
import { Environment } from './environment.ts';

/** What endpoints of a deployment can be told of the fleet, besides of plans. */
export const FLEET_EVENTS = [
  'device.status_changed',
  'device.certificate_changed',
  'device.flapping',
  'drift.found',
  'drift.cleared',
  'snapshot.failed',
  'audit.anchored',
  'emergency.stopped',
  'emergency.lifted',
] as const;
export type FleetEventType = (typeof FLEET_EVENTS)[number];

/** Something that happened in the fleet. */
export const FleetEvent = z.object({
  type: z.enum(FLEET_EVENTS),
  /** Tells it from all others: of two events with one key only the first is kept, so a repeated attempt tells nothing twice. */
  key: z.string().min(1).max(400),
  /** When it happened, ISO 8601. */
  at: z.iso.datetime({ offset: true }),
  /** Null when it is of no device. */
  deviceId: z.string().nullable(),
  deviceName: z.string().nullable(),
  environment: Environment.nullable(),
  /** Of the device; a tag `site:…` says which events are of one place. */
  tags: z.array(z.string()),
  /** See `FleetEventDetails` for what the words of a message are made from; more may be in it. No secrets. */
  details: z.record(z.string(), z.unknown()),
});
export type FleetEvent = z.infer<typeof FleetEvent>;

/** Of each type, the details that messages put into words. One that is absent is left out of them. */
export interface FleetEventDetails {
  /** Statuses as `DeviceStatus`; reasons in words. */
  'device.status_changed': { from: string; to: string; reasons: readonly string[] };
  /** SHA-256 fingerprints. */
  'device.certificate_changed': { before: string | null; after: string };
  /** How often the status changed within so many seconds; `isFlapping` false when it is steady again. */
  'device.flapping': { isFlapping: boolean; changes: number; withinSeconds: number };
  /** How many objects differ, and in which menus. */
  'drift.found': { objects: number; menus: readonly string[] };
  'drift.cleared': Record<string, never>;
  /** A code of `errors/codes.ts` and the platform's own sentence for it. */
  'snapshot.failed': { code: string; message: string };
  /** Number and hash of the entry at the end of the audit's chain. */
  'audit.anchored': { seq: number; hash: string };
  'emergency.stopped': { stopId: string; scope: string; reason: string; by: string };
  'emergency.lifted': { stopId: string; scope: string; reason: string; by: string };
}
