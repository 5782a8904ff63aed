import { z } from 'zod';
import { captureDns, DNS_MENU, DnsServers, dnsServerSteps } from '../../routeros/dns-servers.ts';
import { defineWrite } from '../define-operation.ts';

export const updateDnsServers = defineWrite({
  name: 'update_dns_servers',
  title: 'Set DNS servers',
  summary: 'Replaces the DNS servers that are set by hand on one router; for several routers propose a dns_ntp plan.',
  toolset: 'dns',
  isCore: true,
  tier: 'advanced',
  phase: 2,
  paths: [DNS_MENU],
  input: z.strictObject({
    dnsServers: DnsServers.describe('1 to 10 IPv4 or IPv6 addresses in order of preference, such as ["9.9.9.9"]'),
  }),
  example: { dnsServers: ['9.9.9.9', '149.112.112.112'] },
  steps: async (router, { dnsServers }) => dnsServerSteps(await captureDns(router), dnsServers),
});
