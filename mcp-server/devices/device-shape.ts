import { z } from 'zod';
import { Breaker } from '../../shared/domain/breaker.ts';
import { CapabilityFlags, DeviceStatus, LanePolicy, TlsTrust, type Device } from '../../shared/domain/device.ts';
import { Environment } from '../../shared/domain/environment.ts';
import { Name, untrusted } from '../../shared/operations/output-fields.ts';
import { HealthLine } from './health-line.ts';

/** What a router says it is; whoever answers in its place can say anything. */
export const RouterFact = untrusted(64);

/** How old an answer is that was given while the database is away. */
export const StaleFields = {
  stale: z.literal(true).optional().describe('The database is away: this is what was known at asOf'),
  asOf: z.iso.datetime().optional(),
};

/** Nothing while the database answers. */
export function staleness(awaySince: string | null): { stale?: true; asOf?: string } {
  return awaySince === null ? {} : { stale: true, asOf: awaySince };
}

/** What is added to the first line of such an answer. */
export function saidStale(asOf: string | undefined): string {
  return asOf === undefined ? '' : ` As known at ${asOf}: the database is away.`;
}

/** A registered router as every surface shows it; credentials are not part of it. */
export const DeviceShape = z.object({
  deviceId: z.string(),
  name: z.string(),
  host: z.string(),
  restPort: z.int(),
  sshPort: z.int().nullable().describe('Null: not reached over SSH'),
  sshHostKey: z.string().nullable().describe('The only SSH host key that is accepted'),
  environment: Environment,
  tags: z.array(z.string()),
  flags: CapabilityFlags,
  status: DeviceStatus,
  tls: TlsTrust,
  lane: LanePolicy,
  identity: Name.nullable(),
  model: RouterFact.nullable(),
  version: RouterFact.nullable(),
  serialNumber: RouterFact.nullable(),
  breaker: Breaker.describe('Whether requests reach the router at the moment'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  health: HealthLine.optional().describe('By its regular checks'),
  ...StaleFields,
}) satisfies z.ZodType<Device>;

/** One line of a list of devices. */
export const DeviceLine = DeviceShape.pick({
  deviceId: true,
  name: true,
  environment: true,
  tags: true,
  model: true,
  version: true,
  status: true,
  breaker: true,
  identity: true,
  flags: true,
  health: true,
});

/** The fields of a line, and nothing else. */
export function deviceLine(device: Device, health: HealthLine | undefined): z.output<typeof DeviceLine> {
  const { deviceId, name, environment, tags, model, version, status, breaker, identity, flags } = device;
  const line = { deviceId, name, environment, tags, model, version, status, breaker, identity, flags };
  return health === undefined ? line : { ...line, health };
}
