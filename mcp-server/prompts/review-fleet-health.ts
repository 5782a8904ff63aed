import { z } from 'zod';
import { devicesOf, EnvironmentArgument, TagArgument } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const reviewFleetHealth = definePrompt({
  name: 'review_fleet_health',
  title: 'Review the health of the fleet',
  description: 'What is broken, what soon will be, and what changed, over many routers, the worst first.',
  input: z.strictObject({ environment: EnvironmentArgument.optional(), tag: TagArgument.optional() }),
  opening: (given) => `Review the health of ${devicesOf(given)}.`,
  steps: `
1. \`get_fleet_summary\`: unreachable devices, open breakers, degraded and critical ones with reasons, versions, plans that wait. Note how old the health data is; above 15 minutes it is history.
2. \`read_fleet\` with operation get_device_health and a selector for these devices. Keep answers small: read page after page, and count before you list. Devices that fail are part of the result, by error code.
3. Group before you go deeper. Many unreachable devices of one site or tag are one uplink, not many routers. The same reason on one model is heat or age; on one version it is a defect or a feature switched on.
4. For the worst five: \`get_resource_history\` (a trend, a step after a change, or a spike at night?), then \`get_recent_logs\` with severity error. Memory that rises over days without falling back is a leak: note version and uptime.
5. \`read_fleet\` with operation get_system_packages: routers behind the rest of their channel, packages scheduled for the next start, boards whose firmware waits for a reboot.
6. \`read_fleet\` with operation get_ntp_status: unsynchronised clocks make logs, certificates and schedules lie. More than 1 s off is a finding.
7. \`list_plans\` of the last days: did trouble begin with a rollout? \`get_plan\` shows which devices it changed.

What is urgent:
- Now: unreachable in production, critical health, a failed power supply, disk above 97 %, temperature above 85 °C.
- This week: degraded for more than a day, memory trend, certificates or clocks that soon break logins.
- Next maintenance: versions, firmware, tidying.

Stop and ask people when more than a tenth of the devices are unreachable, or production devices fail faster than you can read them: that is an incident, and somebody must own it.

Report as a table: device, environment, finding with value and time, cause as far as known (say when it is a guess), next step. Then one paragraph: how many devices were asked, how many answered, what was not looked at.`,
});
