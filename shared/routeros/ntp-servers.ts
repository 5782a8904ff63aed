import { z } from 'zod';
import type { Step } from '../domain/change.ts';
import { ServerHost } from './addresses.ts';
import type { Router } from './router.ts';
import { holdsServers, serverListOf } from './server-list.ts';
import { toBoolean } from './values.ts';

/** The NTP client's settings, a singleton menu. */
export const NTP_MENU = '/system/ntp/client';

export const NtpServers = serverListOf(ServerHost);

/** What a change of the NTP servers has to know of a device, as the device writes it. */
export const NtpState = z.strictObject({ servers: z.string(), enabled: z.string() });
export type NtpState = z.infer<typeof NtpState>;

export async function captureNtp(router: Router): Promise<NtpState> {
  const record = await router.get(NTP_MENU);
  return { servers: record['servers'] ?? '', enabled: record['enabled'] ?? 'false' };
}

/** The step to these servers with the client running, because servers nobody asks are no change; none when it is so. */
export function ntpServerSteps(current: NtpState, wanted: readonly string[]): Step[] {
  const before: Record<string, string> = {};
  const after: Record<string, string> = {};
  if (!holdsServers(current.servers, wanted)) {
    before['servers'] = current.servers;
    after['servers'] = wanted.join(',');
  }
  if (!toBoolean(current.enabled)) {
    before['enabled'] = current.enabled;
    after['enabled'] = current.enabled === 'no' ? 'yes' : 'true';
  }
  return Object.keys(after).length === 0 ? [] : [{ op: 'set', menu: NTP_MENU, before, after }];
}
