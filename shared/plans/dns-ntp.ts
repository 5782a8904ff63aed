import { z } from 'zod';
import type { Risk } from '../domain/plan.ts';
import { captureDns, DNS_MENU, DnsServers, dnsServerSteps, DnsState } from '../routeros/dns-servers.ts';
import { captureNtp, NTP_MENU, NtpServers, ntpServerSteps, NtpState } from '../routeros/ntp-servers.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';

export const dnsNtp = definePlan({
  kind: 'dns_ntp',
  title: 'DNS and NTP servers',
  summary: 'Proposes the same DNS servers, NTP servers or both for a set of routers of one environment.',
  phase: 3,
  isCore: true,
  paths: [DNS_MENU, NTP_MENU],
  input: z.strictObject({
    dnsServers: DnsServers.optional().describe('1 to 10 IPv4 or IPv6 addresses in order of preference'),
    ntpServers: NtpServers.optional().describe('1 to 10 addresses or host names in order of preference'),
  }),
  refuse: ({ dnsServers, ntpServers }) => (dnsServers || ntpServers ? null : 'give dnsServers, ntpServers or both'),
  current: z.strictObject({ dns: DnsState, ntp: NtpState }),
  capture: async (router) => ({ dns: await captureDns(router), ntp: await captureNtp(router) }),
  steps: (current, { dnsServers, ntpServers }) => [
    ...(dnsServers ? dnsServerSteps(current.dns, dnsServers) : []),
    ...(ntpServers ? ntpServerSteps(current.ntp, ntpServers) : []),
  ],
  risk: assessRisk,
  example: { dnsServers: ['9.9.9.9', '149.112.112.112'], ntpServers: ['pool.ntp.org'] },
});

function assessRisk(
  facts: RiskFacts,
  { dnsServers }: { dnsServers?: string[] | undefined },
): { risk: Risk; reasons: string[] } {
  const reasons = fleetReasons(facts);
  if (reasons.length > 0) return { risk: 'high', reasons };
  if (facts.environment === 'lab' && dnsServers === undefined) {
    return { risk: 'low', reasons: ['only the clocks of lab devices depend on it'] };
  }
  return { risk: 'medium', reasons: ['devices lose name resolution or time if the servers do not answer'] };
}
