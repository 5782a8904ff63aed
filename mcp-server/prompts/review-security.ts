import { z } from 'zod';
import { DeviceArgument, devicesOf, EnvironmentArgument, TagArgument } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const reviewSecurity = definePrompt({
  name: 'review_security',
  title: 'Review security',
  description:
    'Open services, users, firewall, certificates, versions and what runs by itself: of one router or of many.',
  input: z.strictObject({
    deviceId: DeviceArgument.optional().describe('One device; without it the fleet'),
    environment: EnvironmentArgument.optional(),
    tag: TagArgument.optional(),
  }),
  opening: ({ deviceId, ...scope }) =>
    `Review the security of ${deviceId === undefined ? devicesOf(scope) : `the device ${deviceId}`}. Read only.`,
  steps: `
For many devices ask each question once by \`read_fleet\` (operation and arguments as below), then look closely at the exceptions. For one device call the tools themselves.

1. Services, \`list_services\` with enabled true: telnet, ftp, www, api without TLS are findings; so is any service without a list of addresses, worst on a router with a public address. A TLS service without certificate, or with one that has expired, is one too.
2. Users, \`list_users\`: full rights for people who do not need them, users without address limits, an enabled "admin", names nobody knows, sessions open now that nobody expects.
3. Reachability, \`list_ip_addresses\` with \`list_firewall_rules\` table filter chain input, family ipv4 and then ipv6: is there a public address, and does input end with a drop for what comes from outside? IPv6 without rules is an open door. Look for accept rules without source, for rules with no hits above the ones that matter, and for disabled drop rules.
4. Forwarding, chain forward: established and related first, invalid dropped, new connections from outside dropped unless they are forwarded on purpose (table nat, chain dstnat: which ports, to whom?). \`list_address_list_entries\`: trusted lists with networks that are too wide.
5. DNS, \`get_dns_status\`: allowRemoteRequests together with an input chain that lets port 53 in from outside is an open resolver.
6. Certificates, \`list_certificates\` with daysLeftAtMost 30.
7. What runs by itself, \`list_schedules\`: owners who left, scripts that run every few minutes with full policy, names that look random. Their source is not shown on purpose: people look at it on the router.
8. Versions, \`get_system_packages\`: behind the newest known version of its channel; report the version and let people judge the advisories that concern it.
9. Traces, \`get_recent_logs\` with topics system or account and message "login failure": many from one address are guessing; a success behind them is an incident.
10. Neighbours, \`list_neighbors\` on outside interfaces: discovery there tells strangers what the router is.

Stop and tell people at once when: a login succeeded after guessing, an unknown user with full rights or an unknown scheduler exists, or DNS or proxy is open to everywhere. Do not tidy up: evidence is theirs.

Report as a table: device, finding, proof (value and where), severity (critical: exploitable from outside now; high: one mistake away; medium; low), and a remedy with the risk of locking oneself out. Say that changes to filter rules need a plan and a way back in.`,
});
