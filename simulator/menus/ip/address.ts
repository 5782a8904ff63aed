import type { Change, Item, MenuDefinition, Values } from '../../engine/definition.ts';
import { invalidValue } from '../../engine/router-error.ts';
import { actualInterface, interfaceOf, isSlavePort, uplinkInterface } from '../../network/links.ts';
import { uplinkAddress, UPLINK_LENGTH } from '../../network/outside.ts';
import { ownAddresses } from '../../network/own-addresses.ts';
import { interfaceAddress, ipv4Address, word } from '../../values/field-types.ts';
import { formatIpv4, maskLength, networkOf, parseIpv4, parsePrefix } from '../../values/ip-address.ts';
import { formatIpPrefix } from '../../values/ip-prefix.ts';
import { interfaceReference } from '../interface/interface.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

/** Addresses of the configuration, and those that DHCP clients got, which are dynamic. */
export const ipAddress: MenuDefinition = {
  path: '/ip/address',
  kind: 'list',
  noun: 'address',
  fields: {
    'actual-interface': computed((item, router) =>
      interfaceReference.show?.(actualInterface(router, item.values['interface'] ?? ''), router),
    ),
    address: { type: interfaceAddress, required: true },
    broadcast: { type: ipv4Address, access: 'argument' },
    comment,
    disabled,
    dynamic,
    interface: { type: interfaceReference, required: true },
    invalid: computed((item, router) => String(interfaceOf(router, item.values['interface']) === undefined)),
    netmask: { type: ipv4Address, access: 'argument' },
    network: { type: ipv4Address },
    slave: computed((item, router) => String(isSlavePort(router, item.values['interface'] ?? ''))),
    vrf: { type: word('main'), access: 'read-only', default: 'main', since: '7.15' },
  },
  seed: (router): Values[] => [
    {
      address: `${uplinkAddress(router.index)}/${UPLINK_LENGTH}`,
      interface: uplinkInterface(router) ?? 'bridge',
      network: '10.20.0.0',
    },
    { address: '192.168.88.1/24', interface: 'bridge', network: '192.168.88.0', comment: 'defconf' },
  ],
  derived: (router) => ownAddresses(router).flatMap((own) => (own.item ? [] : [leasedRow(own)])),
  collision: ({ address, disabled: off }, others) =>
    off !== 'true' && others.some((other) => other.values['address'] === address && other.values['disabled'] !== 'true')
      ? 'already have such address'
      : undefined,
  prepare: completeAddress,
};

function leasedRow(own: ReturnType<typeof ownAddresses>[number]): Item {
  const values = {
    address: formatIpPrefix(own.prefix),
    disabled: 'false',
    interface: own.interface,
    network: own.network,
    vrf: 'main',
  };
  return { id: own.id, dynamic: true, values, internal: {} };
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
