import { z } from 'zod';
import { DeviceArgument, deviceOf } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const troubleshootDnsNtp = definePrompt({
  name: 'troubleshoot_dns_ntp',
  title: 'Troubleshoot DNS and time',
  description: 'Why names do not resolve or a clock is wrong on one router, step by step.',
  input: z.strictObject({
    deviceId: DeviceArgument.optional().describe('Name or id of the device'),
    topic: z.enum(['dns', 'ntp', 'both']).default('both').describe('What does not work; default both'),
  }),
  opening: ({ deviceId, topic }) =>
    `Find out why ${{ dns: 'names do not resolve', ntp: 'the clock is wrong', both: 'names or time are wrong' }[topic]} ` +
    `on ${deviceOf(deviceId)}.`,
  steps: `
DNS:
1. \`get_dns_status\`: servers set by hand, servers learned (dynamic), DoH, allowRemoteRequests, how full the cache is. No server at all is the answer already. With DoH set the plain servers only find the DoH server's name: a wrong clock breaks its certificate, and with it all names.
2. \`ping\` each server from this router. Loss above 20 %, or 200 ms to a resolver that should be near, is a finding. No reply alone proves little: some do not answer pings.
3. \`ping\` a host name that must exist: it resolves first. An address in the answer with packets lost is routing, not DNS.
4. \`get_dns_cache\` for the name: NXDOMAIN or a strange address? \`list_dns_static\` for it: a static record, pattern or forward that answers in place of the world.
5. Only clients complain: is allowRemoteRequests on, and does \`list_dhcp_servers\` hand out this router as their DNS server? Then \`list_firewall_rules\` chain input: port 53, UDP and TCP, from inside accepted before any drop.
6. \`list_firewall_rules\` table nat: redirects of port 53 that send queries elsewhere.
7. \`get_routing_summary\` and \`list_routes\` for the servers: is there a way, by the right uplink?

Time:
1. \`get_system_clock\` and \`get_ntp_status\`: enabled, servers, synchronised, offset. Up to 100 ms is fine; above 1 s logs mislead; above minutes certificates and DoH fail. The time zone is not the clock: a whole number of hours off is usually the zone.
2. Servers by name need DNS: that first. Servers by address: \`ping\` them, then \`traceroute\` when they are silent.
3. Synchronising for more than ten minutes: UDP 123 blocked on the way or in chain input, or servers that are no time servers.
4. After a reboot without battery the clock begins anew: \`get_device_health\` tells the uptime.
5. \`get_recent_logs\` with topics ntp, then dns.

Before a remedy: is it this router or its site? Ask a neighbour the same by \`read_fleet\` with two or three deviceIds. If all are alike, the server or the uplink is at fault and no router should be changed.

Stop and ask people when the resolver or time server itself is down, when an address in the cache looks like a hijack, or when a change is wanted: on one router it is a single write the person must want, on several a plan.

Report: cause with its proof, who is affected, the remedy, and how to see that it worked.`,
});
