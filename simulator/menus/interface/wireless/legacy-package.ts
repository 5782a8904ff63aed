import type { RouterProfile } from '../../../engine/definition.ts';
import { isAtLeast } from '../../../engine/version.ts';

/**
 * Has the router the driver of radios before 802.11ax, and with it the older CAPsMAN? Before 7.13 it was part of
 * RouterOS and gave way to the package `wifiwave2`; since then it is the package `wireless`.
 */
export function hasLegacyWireless({ version, packages }: RouterProfile): boolean {
  return isAtLeast(version, '7.13') ? packages.has('wireless') : !packages.has('wifiwave2');
}
