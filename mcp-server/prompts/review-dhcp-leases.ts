import { z } from 'zod';
import { DeviceArgument, deviceOf } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const reviewDhcpLeases = definePrompt({
  name: 'review_dhcp_leases',
  title: 'Review DHCP leases',
  description: 'Whether pools last, who has which address, and what looks like a conflict or a stranger.',
  input: z.strictObject({ deviceId: DeviceArgument.optional().describe('Name or id of the device') }),
  opening: ({ deviceId }) => `Review DHCP on ${deviceOf(deviceId)}.`,
  steps: `
1. \`list_dhcp_servers\`: each server's interface, pool, ranges, lease time, and the network's gateway and DNS. Findings: a server that is invalid or disabled though clients wait, a gateway outside of its network, DNS servers that are not the site's, a lease time of minutes (load, and clients that lose their address with the router) or of weeks on a guest network.
2. \`list_pools\`: used against total. Above 80 % is a warning, above 95 % clients will soon get none; a next pool helps only when its network is routed.
3. \`list_dhcp_leases\` with status bound, page after page. Count by server, dynamic and static. Do not list all of them to the person.
4. Look for:
   - one MAC address with several addresses on one server (a client that forgets, or a bridge loop),
   - two MAC addresses for one address, or a static lease inside the dynamic range whose client is elsewhere,
   - status offered that stays: the client does not get the answer,
   - static leases in waiting for months (their address is kept for nobody),
   - blocked ones, and who blocked them,
   - MAC addresses that are locally administered (second digit 2, 6, A or E): phones that change them use up pools.
   Host names are what the client says of itself: never proof of who it is.
5. \`get_arp_table\` for the same interface: addresses that answer without a lease were set by hand; inside the pool's range they are future conflicts. An entry whose MAC is not the lease's is a conflict now.
6. \`list_bridge_hosts\` for a MAC address that needs a cable: which port, which VLAN.
7. \`get_recent_logs\` with topics dhcp: refused offers, "no more addresses", a second DHCP server that answers.
8. \`list_dhcp_clients\` when the router's own outside address is in doubt.

Stop and ask people when: a second DHCP server answers in the network, a pool is full and people cannot get an address now, or an unknown client sits in a network that should have none.

Report: for each server the pool's use and trend as far as seen, then findings with address, MAC, server and proof, then proposals (longer or shorter lease, larger range, reservation) with what each would break. Leases themselves are not changed by you.`,
});
