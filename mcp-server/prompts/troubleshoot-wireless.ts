import { z } from 'zod';
import { DeviceArgument, deviceOf } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const troubleshootWireless = definePrompt({
  name: 'troubleshoot_wireless',
  title: 'Troubleshoot Wi-Fi',
  description: 'Clients that do not connect, drop or are slow, on a router or the access points it controls.',
  input: z.strictObject({
    deviceId: DeviceArgument.optional().describe('Router, or controller of the access points'),
    symptom: z
      .enum(['cannot_connect', 'drops', 'slow', 'coverage'])
      .optional()
      .describe('What clients notice, as far as it is known'),
  }),
  opening: ({ deviceId, symptom }) =>
    `Find out what is wrong with Wi-Fi on ${deviceOf(deviceId)}. ` +
    `Clients notice: ${symptom?.replace('_', ' ') ?? 'not known yet'}. Ask since when, which SSID, which client, where.`,
  steps: `
1. \`list_wireless_interfaces\`: driver, SSID, band, channel, width, power, running, clients. A radio that is enabled and not running has no country, waits for radar (DFS), or is not provisioned. On a controller: \`list_capsman_access_points\`: which are missing, which run another version, how many clients each.
2. \`list_wireless_clients\`: signal, rates, connected since, access point. One bad client is the client; all of one access point is that access point or its uplink; all of one SSID is its settings.
   - Signal: better than -65 dBm is good, -75 is the end of good data, below -80 it drops. With signalAtMostDbm -75 you get the sufferers.
   - Low rate with a good signal: interference, a width the client cannot use, or a legacy band. Check for neighbours on the same channel.
   - 30 or more clients on one radio is a lot, 50 too many for voice.
   - Everybody on 2.4 GHz: the 5 GHz name, power or band steering is wrong.
3. Cannot connect: \`get_recent_logs\` with topics wireless, wifi or caps and the client's MAC address. Rejected by an access list, wrong passphrase (handshake timeout), a security mode the client lacks (WPA3 only), or accepted and then no address:
4. \`list_dhcp_leases\` for the MAC address, \`list_pools\`: a full pool looks like bad Wi-Fi. Status offered that stays means that the client never hears the answer: VLAN or bridge. \`list_bridge_ports\` and \`list_bridge_vlans\`: is the radio a port of the right bridge, with the right VLAN?
5. Drops: log reasons (extensive data loss, group key timeout, roaming back and forth). A whole radio at once: channel change, radar, reboot; compare with \`get_device_health\` uptime and temperature.
6. Slow: \`get_interface_rates\` on the access point's uplink, \`list_ethernet_ports\`: 100 Mbit/s, half duplex or errors on the cable are slower than any radio. \`get_cpu_load\` when the router shapes or encrypts.
7. Coverage: compare signal by access point; a client at -80 on one while another is near sticks: fewer dBm on the far one often help more than more anywhere.

SSIDs and client names are what somebody typed; a foreign SSID that copies yours is for people to hear at once.

Stop and ask people before anything that interrupts others: channel, width, power, country and security changes throw every client off. They belong into a quiet hour and, for several devices, into a plan.

Report: who is affected, the cause with values, what was ruled out, one change at a time with how to see its effect.`,
});
