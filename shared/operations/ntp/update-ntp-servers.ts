import { z } from 'zod';
import { captureNtp, NTP_MENU, NtpServers, ntpServerSteps } from '../../routeros/ntp-servers.ts';
import { defineWrite } from '../define-operation.ts';

export const updateNtpServers = defineWrite({
  name: 'update_ntp_servers',
  title: 'Set NTP servers',
  summary:
    'Replaces the NTP servers of one router and switches its NTP client on when it is off; for several routers propose a dns_ntp plan.',
  toolset: 'system',
  isCore: true,
  tier: 'advanced',
  phase: 2,
  paths: [NTP_MENU],
  input: z.strictObject({
    ntpServers: NtpServers.describe('1 to 10 addresses or host names in order of preference, such as ["pool.ntp.org"]'),
  }),
  example: { ntpServers: ['0.pool.ntp.org', '1.pool.ntp.org'] },
  steps: async (router, { ntpServers }) => ntpServerSteps(await captureNtp(router), ntpServers),
});
