import type { Change, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { missingArgument, noMatch } from '../../engine/router-error.ts';
import { actualInterface, interfaceOf, isSlavePort } from '../../network/links.ts';
import { eui64, linkLocalAddresses } from '../../network/link-local.ts';
import { ipv6InterfaceAddress } from '../../values/address-types.ts';
import { formatIpPrefix, networkPrefix, parseIpPrefix } from '../../values/ip-prefix.ts';
import { boolean, reference } from '../../values/field-types.ts';
import { interfaceReference } from '../interface/interface.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

/** IPv6 addresses; every interface that works makes its link-local one itself. */
export const ipv6Address: MenuDefinition = {
  path: '/ipv6/address',
  kind: 'list',
  noun: 'ipv6 address',
  fields: {
    'actual-interface': computed((item, router) =>
      interfaceReference.show?.(actualInterface(router, item.values['interface'] ?? ''), router),
    ),
    address: { type: ipv6InterfaceAddress },
    advertise: { type: boolean, default: 'true' },
    'auto-link-local': { type: boolean, default: 'true', since: '7.17' },
    comment,
    disabled,
    dynamic,
    'eui-64': { type: boolean, default: 'false' },
    'from-pool': { type: reference('/ipv6/pool', ['']), default: '' },
    interface: { type: interfaceReference, required: true },
    invalid: computed((item, router) => String(interfaceOf(router, item.values['interface']) === undefined)),
    'link-local': computed((item) => String(/^fe[89ab]/i.test(item.values['address'] ?? ''))),
    'no-dad': { type: boolean, default: 'false' },
    slave: computed((item, router) => (isSlavePort(router, item.values['interface'] ?? '') ? 'true' : 'false')),
  },
  derived: linkLocalRows,
  prepare: complete,
  collision: ({ address, disabled: off }, others) =>
    off !== 'true' && others.some(({ values }) => values['address'] === address && values['disabled'] !== 'true')
      ? 'already have such address'
      : undefined,
};

function linkLocalRows(router: RouterView): Item[] {
  const loopback = router.items('/interface').find(({ values }) => values['type'] === 'loopback');
  const isOff = router.singleton('/ipv6/settings')['disable-ipv6'] === 'true';
  const own = loopback && !isOff ? [{ port: loopback, address: '::1/128' }] : [];
  return [...own, ...linkLocalAddresses(router)].map(({ port, address }) => ({
    id: `*${(0x1000 + Number.parseInt(port.id.slice(1), 16)).toString(16).toUpperCase()}`,
    dynamic: true,
    values: {
      address,
      advertise: 'false',
      'auto-link-local': 'true',
      disabled: 'false',
      'eui-64': 'false',
      'from-pool': '',
      interface: port.id,
      'no-dad': 'false',
    },
    internal: {},
  }));
}

/** Puts the prefix of the pool and the identifier of the interface in; what is read back differs from what was given. */
function complete({ kind, before, after, given }: Change, router: RouterView): void {
  if (kind === 'remove') return;
  const poolId = after['from-pool'] ?? '';
  if (after['address'] === undefined && poolId === '') throw missingArgument('address');
  const changed = [...given.keys()].some((name) => ['address', 'eui-64', 'from-pool', 'interface'].includes(name));
  if (before && !changed) return;
  const wanted = parseIpPrefix(after['address'] ?? '::1/64');
  if (!wanted) return;
  const prefix = poolId === '' ? networkPrefix(wanted) : poolPrefix(poolId, router);
  const hostBits = BigInt(128 - wanted.length);
  const host = wanted.value & ((1n << hostBits) - 1n);
  const port = interfaceOf(router, after['interface']);
  const identifier = after['eui-64'] === 'true' && port ? (eui64(port, router) ?? host) : host;
  const bits = after['eui-64'] === 'true' ? 64n : hostBits;
  const value = ((prefix.value >> bits) << bits) | identifier;
  after['address'] = formatIpPrefix({ family: 6, value, length: wanted.length });
}

function poolPrefix(poolId: string, router: RouterView): { readonly value: bigint } {
  const pool = router.items('/ipv6/pool').find(({ id }) => id === poolId);
  const prefix = parseIpPrefix(pool?.values['prefix'] ?? '');
  if (!prefix) throw noMatch('from-pool');
  return prefix;
}
