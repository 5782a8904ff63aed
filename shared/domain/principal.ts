import { z } from 'zod';
import type { Device } from './device.ts';
import { Environment } from './environment.ts';

/** What a person or service is trusted to do; a principal may hold several. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'auditor', 'admin']);
export type Role = z.infer<typeof Role>;

export const SCOPES = ['fleet:read', 'fleet:write', 'fleet:plan', 'fleet:approve', 'fleet:admin'] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

/** One grant of devices: all of them, or those for which every given criterion holds. */
export const DeviceGrant = z.union([
  z.strictObject({ all: z.literal(true) }),
  z
    .strictObject({
      environments: z.array(Environment).min(1).optional(),
      tags: z.array(z.string()).min(1).optional(),
      ids: z.array(z.string()).min(1).optional(),
    })
    .refine((grant) => Object.values(grant).some((criterion) => criterion !== undefined), {
      message: 'a device grant needs "all: true" or at least one of environments, tags, ids',
    }),
]);
export type DeviceGrant = z.infer<typeof DeviceGrant>;

/** Who is calling, as proven by a verified token and the static access mapping. */
export interface Principal {
  /** The identity provider's subject: stable, unique per person, the name Temporal stamps on signals. */
  sub: string;
  email: string | null;
  name: string | null;
  clientId: string | null;
  roles: Role[];
  scopes: Scope[];
  /** The union of these grants; an empty list means no device at all. */
  devices: DeviceGrant[];
  via: 'mcp' | 'http' | 'gateway' | 'console';
}

type ScopedDevice = Pick<Device, 'deviceId' | 'environment' | 'tags'>;

export function mayUseDevice(principal: Pick<Principal, 'devices'>, device: ScopedDevice): boolean {
  return principal.devices.some((grant) => grantCovers(grant, device));
}

function grantCovers(grant: DeviceGrant, device: ScopedDevice): boolean {
  if ('all' in grant) return true;
  return (
    (grant.environments?.includes(device.environment) ?? true) &&
    (grant.tags?.some((tag) => device.tags.includes(tag)) ?? true) &&
    (grant.ids?.includes(device.deviceId) ?? true)
  );
}
