import { z } from 'zod';
import { canonicalHost, IpAddress, refused } from '../../routeros/addresses.ts';
import { toSeconds } from '../../routeros/durations.ts';
import { InterfaceName } from '../list-filters.ts';

/** Where probes go: an address or a host name, in canonical form. What else routers would take, such as MAC addresses, is refused. */
export const ProbeTarget = z
  .string()
  .max(253)
  .check(
    refused((text) =>
      canonicalHost(text) === null
        ? `${JSON.stringify(text.slice(0, 80))} is not an IPv4 address, an IPv6 address or a host name`
        : null,
    ),
  )
  .overwrite((text) => canonicalHost(text) ?? text)
  .describe('Address or host name, such as "9.9.9.9"');

/** How probes leave the router. */
export const PROBE_ORIGIN = {
  interface: InterfaceName.optional().describe('Leave by this interface'),
  sourceAddress: IpAddress.optional().describe("One of the router's own addresses"),
  vrf: z.string().min(1).max(128).optional().describe('In this VRF, such as "mgmt"'),
};

/** Arguments of a command for what was given. */
export function originArguments(given: {
  interface?: string | undefined;
  sourceAddress?: string | undefined;
  vrf?: string | undefined;
}): Record<string, string> {
  return {
    ...(given.interface === undefined ? {} : { interface: given.interface }),
    ...(given.sourceAddress === undefined ? {} : { 'src-address': given.sourceAddress }),
    ...(given.vrf === undefined ? {} : { vrf: given.vrf }),
  };
}

/** Milliseconds of a time such as `453us`; null when there was no answer. */
export function toMilliseconds(text: string | undefined): number | null {
  if (text === undefined || text === '' || text === 'timeout') return null;
  const seconds = toSeconds(text);
  return seconds === null ? null : Math.round(seconds * 1e6) / 1000;
}
