import type { Change, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { invalidValue } from '../../engine/router-error.ts';
import { interfaceAddress, ipv4Address, word } from '../../values/field-types.ts';
import { formatIpv4, maskLength, networkOf, parseIpv4, parsePrefix } from '../../values/ip-address.ts';
import { interfaceReference } from '../interface/interface.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

export const ipAddress: MenuDefinition = {
  path: '/ip/address',
  kind: 'list',
  noun: 'address',
  fields: {
    'actual-interface': computed((item, router) => interfaceReference.show?.(item.values['interface'] ?? '', router)),
    address: { type: interfaceAddress, required: true },
    broadcast: { type: ipv4Address, access: 'argument' },
    comment,
    disabled,
    dynamic,
    interface: { type: interfaceReference, required: true },
    invalid: computed((item, router) => String(!isInterface(item.values['interface'], router))),
    netmask: { type: ipv4Address, access: 'argument' },
    network: { type: ipv4Address },
    slave: computed(() => 'false'),
    vrf: { type: word('main'), access: 'read-only', default: 'main', since: '7.15' },
  },
  seed: (router): Values[] => [
    { address: `${uplinkAddress(router.index)}/16`, interface: firstPort(router), network: '10.20.0.0' },
    { address: '192.168.88.1/24', interface: 'bridge', network: '192.168.88.0', comment: 'defconf' },
  ],
  collision: ({ address, disabled: off }, others) =>
    off !== 'true' && others.some((other) => other.values['address'] === address && other.values['disabled'] !== 'true')
      ? 'already have such address'
      : undefined,
  prepare: completeAddress,
};

/** The next hop of a new router's default route. */
export const UPLINK_GATEWAY = '10.20.0.1';

/** Address of a new router towards its uplink, one for each place in the fleet. */
function uplinkAddress(index: number): string {
  return formatIpv4((parseIpv4('10.20.1.1') ?? 0) + index);
}

function firstPort(router: RouterView): string {
  return router.board.interfaces[0]?.name ?? 'bridge';
}

function completeAddress({ kind, before, after, given }: Change): void {
  if (kind === 'remove') return;
  const netmask = given.get('netmask');
  if (netmask !== undefined) {
    const length = maskLength(parseIpv4(netmask) ?? 0);
    if (length === undefined) throw invalidValue('netmask');
    after['address'] = `${after['address']?.split('/')[0]}/${length}`;
  }
  // The network follows the address unless it is given itself.
  if (given.has('network') || (before && before['address'] === after['address'])) return;
  const prefix = parsePrefix(after['address'] ?? '');
  if (prefix) after['network'] = formatIpv4(networkOf(prefix));
}

function isInterface(id: string | undefined, router: RouterView): boolean {
  return router.items('/interface').some((item) => item.id === id);
}
