import type { Prompt } from './define-prompt.ts';
import { explainPlan } from './explain-plan.ts';
import { onboardDevice } from './onboard-device.ts';
import { reviewDevice } from './review-device.ts';
import { reviewDhcpLeases } from './review-dhcp-leases.ts';
import { reviewFleetHealth } from './review-fleet-health.ts';
import { reviewSecurity } from './review-security.ts';
import { rollOutDnsNtp } from './roll-out-dns-ntp.ts';
import { syncAddressList } from './sync-address-list.ts';
import { troubleshootDevice } from './troubleshoot-device.ts';
import { troubleshootDnsNtp } from './troubleshoot-dns-ntp.ts';
import { troubleshootWireless } from './troubleshoot-wireless.ts';

/** Every runbook, in the order in which it is listed. */
export const PROMPTS: readonly Prompt[] = [
  troubleshootDevice,
  troubleshootDnsNtp,
  troubleshootWireless,
  reviewDevice,
  reviewFleetHealth,
  reviewSecurity,
  reviewDhcpLeases,
  rollOutDnsNtp,
  syncAddressList,
  onboardDevice,
  explainPlan,
];
