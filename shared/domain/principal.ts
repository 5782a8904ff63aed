import { z } from 'zod';
import type { Device } from './device.ts';
import { Environment } from './environment.ts';

/** What a person or service is trusted to do; a principal may hold several. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'auditor', 'admin']);
export type Role = z.infer<typeof Role>;

export const SCOPES = ['fleet:read', 'fleet:write', 'fleet:plan', 'fleet:approve', 'fleet:admin'] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

/** Devices of one grant: all of them, or those for which every given criterion holds. */
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

/** These roles on these devices and nowhere else. An empty list of devices grants nothing. */
export const RoleGrant = z.strictObject({
  roles: z.array(Role),
  devices: z.array(DeviceGrant),
  /** The rule of the access file that gave it, for people to read. */
  rule: z.string().optional(),
});
export type RoleGrant = z.infer<typeof RoleGrant>;

/** What a token or assertion is that was found good. */
export type GoodToken = 'access-token' | 'introspected-token' | 'id-token' | 'cloudflare-access';

/**
 * What proved who acts: a JWT access token, an opaque one of which the identity provider said whose it is, an ID token, an
 * assertion of Cloudflare Access, or a session that was begun by signing in at the approval gateway. A service is proven by
 * its own; where Cloudflare Access must vouch for a person, both are named. `nothing`: of somebody who is only asked about.
 */
export type ProvenBy =
  | GoodToken
  | `service-${GoodToken}`
  | `${GoodToken | `service-${GoodToken}`}+cloudflare-access`
  | 'gateway-session'
  | 'nothing';

/** Who is calling, as proven by a verified token and the static access mapping. */
export interface Principal {
  /** The identity provider's subject: stable, unique per person, the name Temporal stamps on signals. */
  sub: string;
  email: string | null;
  name: string | null;
  clientId: string | null;
  /** Every role of any grant: what may be listed. On which devices a role is held, only the grants say. */
  roles: Role[];
  scopes: Scope[];
  /** Roles with their devices; no grant is no access. */
  grants: RoleGrant[];
  via: 'mcp' | 'http' | 'gateway' | 'console';
  provenBy: ProvenBy;
}

type Holder = Pick<Principal, 'grants'>;
type ScopedDevice = Pick<Device, 'deviceId' | 'environment' | 'tags'>;

/** Whether the device exists for the principal: any grant covers it. */
export function maySeeDevice({ grants }: Holder, device: ScopedDevice): boolean {
  return grants.some((grant) => covers(grant, device));
}

/** Roles the principal holds on the device; none for a device outside of every grant. */
export function rolesOn({ grants }: Holder, device: ScopedDevice): Role[] {
  return unique(grants.filter((grant) => covers(grant, device)).flatMap(({ roles }) => roles));
}

/**
 * Those of the wanted roles by which the principal may do something to all of the devices: none, unless one of them is held
 * on each. What is done to no device takes a role on the whole fleet.
 */
export function rolesAcross(holder: Holder, devices: readonly ScopedDevice[], wanted: readonly Role[]): Role[] {
  const held = devices.length === 0 ? [rolesOnFleet(holder)] : devices.map((device) => rolesOn(holder, device));
  const usable = held.map((roles) => roles.filter((role) => wanted.includes(role)));
  return usable.every((roles) => roles.length > 0) ? unique(usable.flat()) : [];
}

/** Roles the principal holds on every device there is and will be. */
export function rolesOnFleet({ grants }: Holder): Role[] {
  return unique(grants.filter(({ devices }) => devices.some((grant) => 'all' in grant)).flatMap(({ roles }) => roles));
}

/** The devices that exist for the principal. */
export function visibleDevices({ grants }: Holder): DeviceGrant[] {
  return grants.flatMap(({ roles, devices }) => (roles.length === 0 ? [] : devices));
}

/** The devices on which the principal holds at least one of the roles. */
export function devicesOfRoles({ grants }: Holder, wanted: readonly Role[]): DeviceGrant[] {
  return visibleDevices({ grants: grants.filter(({ roles }) => roles.some((role) => wanted.includes(role))) });
}

/** Every role of any grant. */
export function allRoles({ grants }: Holder): Role[] {
  return unique(grants.flatMap(({ roles, devices }) => (devices.length === 0 ? [] : roles)));
}

function covers({ roles, devices }: RoleGrant, device: ScopedDevice): boolean {
  return roles.length > 0 && devices.some((grant) => isMet(grant, device));
}

function isMet(grant: DeviceGrant, device: ScopedDevice): boolean {
  if ('all' in grant) return true;
  return (
    (grant.environments?.includes(device.environment) ?? true) &&
    (grant.tags?.some((tag) => device.tags.includes(tag)) ?? true) &&
    (grant.ids?.includes(device.deviceId) ?? true)
  );
}

function unique(roles: readonly Role[]): Role[] {
  return Role.options.filter((role) => roles.includes(role));
}
