import type { RouterView } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { isIpAddress } from '../../values/ip-address.ts';

/**
 * The address of a name: that of a static entry, or one of TEST-NET-3 (RFC 5737) that is always the same for the name.
 * Names below `.invalid` (RFC 6761) have none, and nothing resolves without servers.
 */
export function resolveName(name: string, router: RouterView): string {
  if (isIpAddress(name)) return name;
  const entry = router
    .items('/ip/dns/static')
    .find(({ values }) => values['name'] === name && values['disabled'] !== 'true' && values['address'] !== undefined);
  if (entry) return entry.values['address'] ?? '';
  const hasServers = (router.singleton('/ip/dns')['servers'] ?? '') !== '';
  if (!hasServers || /\.invalid\.?$/i.test(name)) throw failure('dns name does not exist');
  const sum = Buffer.from(name).reduce((total, byte) => (total * 31 + byte) % 254, 7);
  return `203.0.113.${sum + 1}`;
}
