import { z } from 'zod';
import { DeviceArgument, deviceOf } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const troubleshootDevice = definePrompt({
  name: 'troubleshoot_device',
  title: 'Troubleshoot a device',
  description:
    'Finds out why one router is unreachable, slow, unhealthy or does not pass traffic, without changing it.',
  input: z.strictObject({
    deviceId: DeviceArgument.optional().describe('Name or id of the device'),
    symptom: z
      .enum(['unreachable', 'slow', 'unhealthy', 'no_traffic', 'configuration'])
      .optional()
      .describe('What is wrong, as far as it is known'),
  }),
  opening: ({ deviceId, symptom }) =>
    `Find out what is wrong with ${deviceOf(deviceId)}. The complaint: ${symptom?.replace('_', ' ') ?? 'not known yet'}.`,
  steps: `
1. \`get_device\`: is it the one meant, which environment, is its breaker open (we stopped asking after failures), what was it last?
2. \`check_connectivity\`. When it fails, read the code: DEVICE_UNREACHABLE (power, path, firewall), DEVICE_AUTH_FAILED (login changed), DEVICE_TLS_MISMATCH (certificate replaced, or somebody else answers: stop and tell people). With SSH registered, \`diagnose_rest_service\` shows whether its web service is off, moved or restricted. Then look at it from a neighbour: \`ping\` and \`traceroute\` on another router of the site towards its address.
3. \`get_device_health\`, then \`get_resource_history\`: is it worse than its own past? CPU at 80 % or more over minutes, memory at 85 %, disk at 90 %, a temperature of 70 °C are findings; a short uptime is a reboot nobody may have wanted. For a high load \`get_cpu_load\`: one full core with others idle is one flow or one queue, not a weak router.
4. \`get_recent_logs\` with severity warning, then around the time of the complaint: link flaps, login failures, DHCP, watchdog and out-of-memory messages.

By symptom:
- Slow or no traffic: \`list_interfaces\` (enabled and not running?), \`list_ethernet_ports\` (half duplex, low speed, rising errors mean cable, SFP or negotiation), \`get_interface_rates\` on the uplink against its speed, \`count_connections\` (tracked connections near the limit drop new flows).
- No way out: \`get_routing_summary\` (is there an active default route?), \`list_dhcp_clients\` (did the WAN lose its lease?), \`list_routes\` for the destination, \`list_routing_peers\` with isUp false, \`get_arp_table\` for the gateway: incomplete means layer 2.
- Blocked: \`list_firewall_rules\` chain forward or input in order; look at counters of drop rules, and at rules above that accept first.
- Configuration: \`get_config_export\` of the one menu in question, never of everything first.

Stop and ask people when: the certificate or host key is another one, several routers of a site fail at once (look for the common uplink first), or the next step would be a reboot, a cable, or a change.

Report: the finding with the values that prove it, what it affects, what was ruled out, and one proposed next step with its risk.`,
});
