import { z } from 'zod';
import { devicesOf, EnvironmentArgument, TagArgument } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const rollOutDnsNtp = definePrompt({
  name: 'roll_out_dns_ntp',
  title: 'Roll out DNS and NTP servers',
  description: 'New resolvers or time servers for many routers: survey, test, plan, follow, verify, undo.',
  input: z.strictObject({ environment: EnvironmentArgument, tag: TagArgument.optional() }),
  opening: (given) =>
    `Prepare new DNS or NTP servers for ${devicesOf(given)}. Ask the person which servers, in which order, and why.`,
  steps: `
1. \`list_devices\` with these criteria: count them, leave out what is unreachable, and name what you leave out. Devices need the flag allowProfessionalWorkflows; a missing one is for an administrator.
2. \`read_fleet\` with operation get_dns_status, then get_ntp_status. Note: servers set by hand against those learned from a provider, DoH, allowRemoteRequests (then the clients of the site depend on it too), unsynchronised clocks. Say which devices already are as wanted.
3. Test from one router of each site before anything is proposed: \`ping\` every new server. One that a site cannot reach would take its name resolution away. Two servers in different networks are the least.
4. Order: DNS before NTP when the time servers are host names; NTP before anything that checks certificates when clocks are wrong.
5. \`plan_dns_ntp\`: one plan for each environment, lab first. It reads every device and answers with the diff of each; nothing is written. Check the diff: are servers removed that something needs? Is a device in it that should not be? Give a comment that an approver understands without asking you. Leave the rollout's canary and pause on failure as they are.
6. Tell the person where people decide (links.console), how many approvals it takes, and until when. You cannot approve it and neither can the one who asked. Then \`wait_for_plan\`, again and again, until it is finished or the person wants to stop.
7. While it runs: a failed canary stops it by itself. Read the device's error. \`pause_rollout\` when something looks wrong, \`rollback_plan\` to put changed devices back. The reason belongs into the comment.
8. Verify as at 2, over the same devices: servers as wanted, clocks synchronised after some minutes, no new resolver errors in \`get_recent_logs\` of the canary.

Stop and ask people when: a new server does not answer from any site, the diff shows other changes than asked for, the risk is higher than the person expected, or a device fails after it was changed.

Report: devices changed, unchanged, failed and left out, with reasons; how to undo it and until when.`,
});
