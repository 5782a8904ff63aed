import { z } from 'zod';
import type { Breaker } from './breaker.ts';
import { Environment } from './environment.ts';

/** What a device may be used for beyond reading; each is false until an administrator sets it. */
export const CAPABILITY_FLAGS = [
  'allowAdvancedWrites',
  'allowProfessionalWorkflows',
  'allowFirewallWrites',
  'allowRoutingWrites',
  'allowWirelessWrites',
  'allowDhcpWrites',
  'allowBridgeWrites',
  'allowBandwidthTest',
] as const;
export type CapabilityFlag = (typeof CAPABILITY_FLAGS)[number];

export const CapabilityFlags = z.strictObject({
  allowAdvancedWrites: z.boolean().default(false),
  allowProfessionalWorkflows: z.boolean().default(false),
  allowFirewallWrites: z.boolean().default(false),
  allowRoutingWrites: z.boolean().default(false),
  allowWirelessWrites: z.boolean().default(false),
  allowDhcpWrites: z.boolean().default(false),
  allowBridgeWrites: z.boolean().default(false),
  allowBandwidthTest: z.boolean().default(false),
});
export type CapabilityFlags = z.infer<typeof CapabilityFlags>;

/** `unreachable`: its breaker opened and the device has not answered since. */
export const DeviceStatus = z.enum(['healthy', 'unreachable', 'decommissioned']);
export type DeviceStatus = z.infer<typeof DeviceStatus>;

/** SHA-256 over the DER form of a certificate, upper-case hex with colons. */
export const Fingerprint256 = z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/, {
  error: 'a fingerprint is 32 pairs of upper-case hexadecimal digits with colons between them',
});

/** How a device's TLS certificate is trusted. */
export const TlsTrust = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('pinned'), fingerprint256: Fingerprint256 }),
  z.strictObject({ mode: z.literal('ca'), caPem: z.string().min(1) }),
  z.strictObject({ mode: z.literal('plaintext') }),
]);
export type TlsTrust = z.infer<typeof TlsTrust>;

/** An SSH host key's fingerprint as OpenSSH shows it: SHA-256 over the key, unpadded base64. */
export const SshHostKey = z
  .string()
  .regex(
    /^SHA256:[A-Za-z0-9+/]{43}$/,
    'a host key is written as "SHA256:" and 43 characters, as ssh-keygen -l shows it',
  );

/** The lane's limits in front of one device (both doors together). */
export const LanePolicy = z.strictObject({
  maxInFlight: z.int().min(1).max(3).default(2),
  requestsPerSecond: z.number().min(0.5).max(50).default(5),
});
export type LanePolicy = z.infer<typeof LanePolicy>;

export const DeviceName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a device name is 1 to 63 letters, digits, ".", "_" or "-"');
export const DeviceTag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._:-]{0,40}$/, 'a tag is 1 to 41 lower-case letters, digits, ".", "_", ":" or "-"');

/** A registered router, without its credentials. */
export interface Device {
  /** `dev_` + ULID. */
  deviceId: string;
  name: string;
  host: string;
  restPort: number;
  /** Null: the device is not reached over SSH. */
  sshPort: number | null;
  /** The only host key that is accepted; null without `sshPort`. */
  sshHostKey: string | null;
  environment: Environment;
  tags: string[];
  flags: CapabilityFlags;
  status: DeviceStatus;
  tls: TlsTrust;
  lane: LanePolicy;
  /** What the router said about itself when last asked. */
  identity: string | null;
  model: string | null;
  version: string | null;
  serialNumber: string | null;
  /** Whether requests reach it at the moment; kept by the owner of its lane. */
  breaker: Breaker;
  createdAt: string;
  updatedAt: string;
}

/** What an administrator gives to register a device; the environment cannot be changed afterwards. */
export const DeviceRegistration = z.strictObject({
  name: DeviceName,
  host: z.string().min(1).max(253),
  restPort: z.int().min(1).max(65535).default(443),
  /** Null: not reached over SSH. */
  sshPort: z.int().min(1).max(65535).nullable().default(null),
  /** Left out: the host key shown at registration is pinned. */
  sshHostKey: SshHostKey.optional(),
  environment: Environment,
  tags: z.array(DeviceTag).max(32).default([]),
  flags: CapabilityFlags.prefault({}),
  lane: LanePolicy.prefault({}),
  username: z.string().min(1).max(64),
  password: z.string().max(256),
  /** For SSH, in PEM or OpenSSH form without a passphrase; left out, the password is used there too. */
  sshPrivateKey: z.string().min(1).max(16_384).optional(),
  /** Left out: the certificate shown at registration is pinned. */
  tls: TlsTrust.optional(),
});
export type DeviceRegistration = z.infer<typeof DeviceRegistration>;

/** Selects devices by what they are; every given criterion must hold, and an empty selector selects nothing. */
export const DeviceSelector = z.strictObject({
  environment: Environment.optional(),
  tags: z.array(z.string().max(64)).max(32).optional(),
  ids: z.array(z.string().max(64)).max(1000).optional(),
  names: z.array(z.string().max(64)).max(1000).optional(),
  status: DeviceStatus.optional(),
});
export type DeviceSelector = z.infer<typeof DeviceSelector>;
