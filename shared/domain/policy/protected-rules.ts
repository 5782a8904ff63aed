import { z } from 'zod';
import { contradiction, listOf, pattern, PolicyObject, text, whole, yesOrNo } from './policy-fields.ts';
import { AppliesTo } from './policy-target.ts';

const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'an address such as "192.0.2.1" or a network such as "192.0.2.0/24"',
});

const ProtectedService = PolicyObject({
  name: text(32).describe('Name of the service in `/ip/service`, such as `www-ssl` or `ssh`'),
  port: whole(1, 65_535)
    .optional()
    .describe('Its port: no other service is put on it, and no firewall rule about it is written'),
});

/** Things of routers that are never written, by whoever and in whatever way. */
export const ProtectedRule = PolicyObject({
  appliesTo: AppliesTo.describe('The devices on which they are protected'),
  managementAddress: yesOrNo()
    .optional()
    .describe('The address under which the device is registered, when it is an address and no name'),
  addresses: listOf(Network, 'a list of addresses and networks')
    .optional()
    .describe('Addresses of the router, entries of address lists and routes that are, hold or lie within one of these'),
  interfaces: listOf(text(64), 'a list of names of interfaces')
    .optional()
    .describe('Interfaces, and what is attached to them: addresses, bridge ports, VLANs, DHCP clients'),
  vlans: listOf(whole(1, 4094), 'a list of VLAN ids from 1 to 4094')
    .optional()
    .describe('VLANs, and the bridge ports and bridge entries that carry them'),
  services: listOf(ProtectedService, 'a list of services, each with its name')
    .optional()
    .describe('Services of the router itself'),
}).superRefine(({ managementAddress, addresses, interfaces, vlans, services }, context) => {
  if (managementAddress === true || (addresses ?? interfaces ?? vlans ?? services) !== undefined) return;
  contradiction(
    context,
    [],
    'protects nothing; allowed is at least one of managementAddress, addresses, interfaces, vlans, services',
  );
});
export type ProtectedRule = z.output<typeof ProtectedRule>;

/** An entry whose comment holds it is not written. */
export const Marker = pattern(/^\S{4,64}$/, 'a text of 4 to 64 characters without white space');
