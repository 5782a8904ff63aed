import { z } from 'zod';
import type { Step } from '../domain/change.ts';
import { ServerAddress } from './addresses.ts';
import type { Router } from './router.ts';
import { holdsServers, serverListOf } from './server-list.ts';

/** Resolver settings, a singleton menu. */
export const DNS_MENU = '/ip/dns';

export const DnsServers = serverListOf(ServerAddress);

/** What a change of the DNS servers has to know of a device, as the device writes it. */
export const DnsState = z.strictObject({ servers: z.string() });
export type DnsState = z.infer<typeof DnsState>;

export async function captureDns(router: Router): Promise<DnsState> {
  const record = await router.get(DNS_MENU);
  return { servers: record['servers'] ?? '' };
}

/** The step to these static servers; none when the device has them. Servers learned by DHCP are not touched. */
export function dnsServerSteps(current: DnsState, wanted: readonly string[]): Step[] {
  if (holdsServers(current.servers, wanted)) return [];
  return [{ op: 'set', menu: DNS_MENU, before: { servers: current.servers }, after: { servers: wanted.join(',') } }];
}
