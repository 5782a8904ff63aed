import { z } from 'zod';
import { DeviceArgument } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const reviewDevice = definePrompt({
  name: 'review_device',
  title: 'Review a device',
  description:
    'Everything worth knowing of one router, as a report somebody can act on: for a hand-over or before a change.',
  input: z.strictObject({ deviceId: DeviceArgument.describe('Name or id of the device') }),
  opening: ({ deviceId }) => `Review the device ${deviceId} from top to bottom, read only, and write a report.`,
  steps: `
Go on when one step fails, and put the failure into the report.

1. What it is: \`get_device\`, \`get_system_overview\`, \`get_system_packages\`. Model, version against its channel, role as its name and tags say, flags, when it was last seen.
2. How it is: \`check_connectivity\`, \`get_device_health\`, \`get_resource_history\`. Anything at 80 % or more, trends, reboots.
3. Links: \`list_interfaces\`, \`list_ethernet_ports\`. Enabled and down, speed below what the port can, errors that grow, ports without a comment that carry traffic (\`get_interface_rates\` on uplinks).
4. Layer 2: \`list_bridges\`, \`list_bridge_ports\`, \`list_bridge_vlans\`. Spanning tree on, one root where it is expected, VLAN filtering as intended, no port in the wrong bridge.
5. Addresses: \`list_ip_addresses\` family all, \`list_neighbors\`. Overlapping networks, /32 left-overs, who is behind which port.
6. Routing: \`get_routing_summary\`, \`list_routing_peers\`. An active default route, peers that are down, tables nobody uses.
7. Names and time: \`get_dns_status\`, \`get_ntp_status\`. At least two servers each, synchronised.
8. DHCP where it serves: \`list_dhcp_servers\`, \`list_pools\`.
9. Firewall: \`list_firewall_rules\` for filter (input, then forward) and nat, ipv4 and ipv6. Default drop, order, rules without hits, forwarded ports. \`count_connections\` against the limit.
10. Access: \`list_services\`, \`list_users\`, \`list_certificates\`, \`list_schedules\`.
11. Records: \`get_logging_config\` (does anything leave the router?), \`get_recent_logs\` with severity warning.
12. Wi-Fi where it has any: \`list_wireless_interfaces\`.
13. Changes: \`list_plans\` of its environment, \`get_plan\` for those that touched it.

Stop and tell people at once when you meet signs of somebody else on the router: unknown users, schedulers, port forwards, or logins after many failures.

Report, two pages at most:
- Summary: three sentences, and a grade for each of health, links, layer 2 and 3, services, security, operations (good, attention, bad).
- Findings by severity: what, proof (tool and value), effect, remedy, and whether the remedy interrupts traffic.
- Facts worth keeping: uplinks, addresses, VLANs, peers, versions.
- Not checked, and why.`,
});
