import { containsAddress, parseIpv4, parsePrefix } from '../values/ip-address.ts';
import type { Router } from './router.ts';

/** Is the source address within the user's `address` list (empty: everywhere)? */
export function mayComeFrom(router: Router, user: string, address: string): boolean {
  const allowed = router.items('/user').find((item) => item.values['name'] === user)?.values['address'] ?? '';
  const source = parseIpv4(address);
  if (allowed === '' || source === undefined) return allowed === '';
  return allowed.split(',').some((text) => {
    const prefix = parsePrefix(text);
    return prefix !== undefined && containsAddress(prefix, source);
  });
}
