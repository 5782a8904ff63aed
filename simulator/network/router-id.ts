import type { RouterView } from '../engine/definition.ts';
import { formatIp, parseIp } from '../values/ip-prefix.ts';
import { ownAddresses } from './own-addresses.ts';

/** The router id that follows from addresses: the highest one in use; `0.0.0.0` without any. */
export function routerIdOf(router: RouterView): string {
  const values = ownAddresses(router).flatMap(({ usable, prefix }) => (usable ? [prefix.value] : []));
  const highest = values.reduce((most, value) => (value > most ? value : most), 0n);
  return formatIp({ family: 4, value: highest });
}

/** The id that an OSPF or BGP instance uses: an address, the name of a row of `/routing/id`, or `main`. */
export function resolveRouterId(router: RouterView, given: string | undefined): string {
  if (given !== undefined && parseIp(given)) return given;
  const named = router.items('/routing/id').find(({ values }) => values['name'] === given)?.values['id'];
  return named ?? routerIdOf(router);
}
