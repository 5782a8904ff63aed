import { expect, test } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';
import { signatureOf } from './signature.ts';

/**
 * What clients, scopes, audit records and stored plans rely on. Changing a line here breaks somebody: say so in the
 * CHANGELOG and change it in the same commit.
 */
const PINNED_OPERATIONS = [
  {
    name: 'check_connectivity',
    effect: 'read',
    tier: 'fundamental',
    phase: 0,
    flag: null,
    paths: ['/system/resource', '/system/identity'],
    input: '{}',
    output:
      '{ reachable: boolean; identity: string | null; version: string | null; uptimeSeconds: number | null; roundTripMs: number | null; failure: { code: string; message: string } | null }',
  },
  {
    name: 'diagnose_rest_service',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/ip/service'],
    input: '{}',
    output:
      '{ services: { name: string; enabled: boolean; port: number | null; allowedFrom: string[]; certificate: string | null; restEnabled: boolean | null }[]; failure: { code: string; message: string } | null }',
  },
  {
    name: 'get_system_overview',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/system/resource', '/system/identity', '/system/routerboard', '/system/package', '/system/health'],
    input: '{}',
    output:
      '{ identity: string; boardName: string | null; model: string | null; serialNumber: string | null; version: string; channel: string | null; currentFirmware: string | null; upgradeFirmware: string | null; architecture: string | null; cpu: string | null; cpuCount: number | null; cpuFrequencyMhz: number | null; cpuLoadPercent: number | null; freeMemoryBytes: number | null; totalMemoryBytes: number | null; freeDiskBytes: number | null; totalDiskBytes: number | null; uptimeSeconds: number; sensors: { name: string; value: string; unit: string | null }[]; packages: { name: string; version: string; enabled: boolean }[] }',
  },
  {
    name: 'get_system_clock',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/system/clock'],
    input: '{}',
    output:
      '{ time: string | null; localDate: string; localTime: string; timeZone: string | null; timeZoneAutodetect: boolean; utcOffsetSeconds: number; daylightSaving: boolean }',
  },
  {
    name: 'set_system_identity',
    effect: 'write',
    tier: 'advanced',
    phase: 2,
    flag: null,
    paths: ['/system/identity'],
    input: '{ identity: string(minLength 1, maxLength 64) }',
    output: null,
  },
  {
    name: 'list_interfaces',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/interface'],
    input: '{ type?: string(pattern ^[a-z0-9-]{1,32}$); limit?: integer(minimum 1, maximum 500) = 100 }',
    output:
      '{ interfaces: { id: string; name: string; type: string | null; running: boolean; disabled: boolean; dynamic: boolean; comment: string | null; macAddress: string | null; mtu: number | null; actualMtu: number | null; l2Mtu: number | null; linkDowns: number | null; rxBytes: number | null; txBytes: number | null }[]; total: number; truncated: boolean }',
  },
  {
    name: 'list_ip_addresses',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/ip/address'],
    input: '{ interface?: string(minLength 1, maxLength 64); limit?: integer(minimum 1, maximum 500) = 100 }',
    output:
      '{ addresses: { id: string; address: string; network: string | null; interface: string; actualInterface: string | null; vrf: string | null; disabled: boolean; dynamic: boolean; invalid: boolean; comment: string | null }[]; total: number; truncated: boolean }',
  },
  {
    name: 'get_dns_status',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/ip/dns'],
    input: '{}',
    output:
      '{ servers: string[]; dynamicServers: string[]; dohServer: string | null; verifyDohCertificate: boolean; allowRemoteRequests: boolean; cacheSizeBytes: number | null; cacheUsedBytes: number | null; cacheMaxTtlSeconds: number | null }',
  },
  {
    name: 'update_dns_servers',
    effect: 'write',
    tier: 'advanced',
    phase: 2,
    flag: null,
    paths: ['/ip/dns'],
    input: '{ dnsServers: string(maxLength 45)[](minItems 1, maxItems 10) }',
    output: null,
  },
  {
    name: 'get_ntp_status',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/system/ntp/client'],
    input: '{}',
    output:
      '{ enabled: boolean; mode: string | null; servers: string[]; status: string | null; synchronized: boolean; syncedServer: string | null; syncedStratum: number | null; offsetMs: number | null; frequencyDriftPpm: number | null }',
  },
  {
    name: 'update_ntp_servers',
    effect: 'write',
    tier: 'advanced',
    phase: 2,
    flag: null,
    paths: ['/system/ntp/client'],
    input: '{ ntpServers: string(maxLength 253)[](minItems 1, maxItems 10) }',
    output: null,
  },
  {
    name: 'get_recent_logs',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/log', '/system/clock'],
    input:
      '{ limit?: integer(minimum 1, maximum 200) = 50; topics?: string(pattern ^[a-z0-9-]{1,32}$)[](minItems 1, maxItems 10) }',
    output:
      '{ entries: { id: string; time: string | null; topics: string[]; message: string }[]; total: number; truncated: boolean }',
  },
  {
    name: 'get_config_export',
    effect: 'read',
    tier: 'fundamental',
    phase: 1,
    flag: null,
    paths: ['/export'],
    input:
      '{ menu?: string(maxLength 40); format?: string(enum terse,compact) = "terse"; offset?: integer(minimum 0, maximum 100000) = 0; limit?: integer(minimum 1, maximum 1000) = 200 }',
    output:
      '{ localTime: string | null; version: string | null; softwareId: string | null; model: string | null; serialNumber: string | null; lines: string[]; total: number; truncated: boolean; complete: boolean; failures: string[]; notes: string[]; transport: string(enum rest,ssh) }',
  },
];

const PINNED_PLAN_KINDS = [
  {
    kind: 'dns_ntp',
    phase: 3,
    flag: null,
    paths: ['/ip/dns', '/system/ntp/client'],
    input:
      '{ dnsServers?: string(maxLength 45)[](minItems 1, maxItems 10); ntpServers?: string(maxLength 253)[](minItems 1, maxItems 10) }',
    current: '{ dns: { servers: string }; ntp: { servers: string; enabled: string } }',
  },
];

test('operations keep their names, tiers, menus and schemas', () => {
  expect(OPERATIONS.map(pinOf)).toEqual(PINNED_OPERATIONS);
});

test('plan kinds keep their names, menus and schemas', () => {
  const kinds = PLAN_KINDS.map(({ kind, phase, flag, paths, input, current }) => ({
    kind,
    phase,
    flag: flag ?? null,
    paths,
    input: inputSignature(input),
    current: signatureOf(z.toJSONSchema(current)),
  }));
  expect(kinds).toEqual(PINNED_PLAN_KINDS);
});

function pinOf(operation: (typeof OPERATIONS)[number]): Record<string, unknown> {
  const { name, effect, tier, phase, paths, input } = operation;
  return {
    name,
    effect,
    tier,
    phase,
    flag: operation.effect === 'write' ? (operation.flag ?? null) : null,
    paths,
    input: inputSignature(input),
    output: operation.effect === 'read' ? signatureOf(z.toJSONSchema(operation.output)) : null,
  };
}

function inputSignature(input: z.ZodType): string {
  return signatureOf(z.toJSONSchema(input, { io: 'input' }));
}
