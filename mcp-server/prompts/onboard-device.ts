import { z } from 'zod';
import { DeviceArgument, EnvironmentArgument } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const onboardDevice = definePrompt({
  name: 'onboard_device',
  title: 'Bring a router into the fleet',
  description: 'What to prepare on a new router, how an administrator registers it, and what to check afterwards.',
  input: z.strictObject({
    environment: EnvironmentArgument,
    deviceId: DeviceArgument.optional().describe('Name under which it is, or will be, registered'),
  }),
  opening: ({ environment, deviceId }) =>
    `Bring ${deviceId === undefined ? 'a new router' : `the router ${deviceId}`} into the environment ${environment}. ` +
    'Registering needs an administrator and a password: both stay with people. Never ask for a password here.',
  steps: `
Before, on the router, by whoever has access to it:
- RouterOS v7, a correct clock, and a certificate for the www-ssl service; plain www off where it can be.
- A user of its own for this platform, in a group with the policies read, write, api and rest-api (test for pings, ssh where it shall be reached over SSH), its address restricted to where requests come from.
- www-ssl (and ssh, if it shall be reached there too) limited to the management network, and an input rule that lets it through.
- A backup of the configuration outside of the router.

Registering is done by an administrator over the API or the command line, not by a tool: name, host, port, environment (which cannot be changed afterwards), tags for site and role. The certificate that is shown then is trusted from then on: compare its fingerprint at the router itself.

Afterwards, here:
1. \`get_device\`: environment, tags, flags. All flags are off at first; that is right until somebody needs one.
2. \`check_connectivity\` and its time; above 500 ms find out why before anything is changed there.
3. \`get_system_overview\`: is it the model, version and identity that was meant? Two routers with one identity are a trap: \`list_devices\`.
4. \`get_system_clock\` and \`get_ntp_status\`: synchronised? \`get_dns_status\`: the resolvers of the site?
5. \`list_interfaces\`, \`list_ip_addresses\`, \`get_routing_summary\`: the uplink, the management address, one active default route.
6. \`list_services\`: telnet, ftp, plain www and api off; the others limited to management networks. \`list_users\`: no admin without restriction, nobody unknown.
7. \`list_firewall_rules\` chain input: does it end by dropping what is not wanted from outside, and let management through before that?
8. \`get_device_health\` and \`get_recent_logs\`: healthy, no flapping link, no login failures.
9. \`get_system_packages\`: the version that the rest of the environment has.

Stop and ask people when: the fingerprint differs from the router's own, services are open to everywhere, or the router already belongs to somebody's automation (unknown schedulers or users).

Report as a checklist, each line done, open, or not checked, and who has to do what.`,
});
