import type { Item, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { integer, reference } from '../../../values/field-types.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { comment, computed, disabled, dynamic } from '../../row-fields.ts';
import { portsOf } from '../bridge-membership.ts';
import { filtersVlans, pvidOf } from '../bridge-vlans.ts';
import { macOf } from '../mac-addresses.ts';
import { neighbourMac } from '../made-macs.ts';
import { interfaceAt, isRunning } from '../running.ts';
import { clientsOf } from '../wireless-clients.ts';

/** The addresses that bridges know: their own, those they learned, and those that were written down. */
export const bridgeHosts: MenuDefinition = {
  path: '/interface/bridge/host',
  kind: 'list',
  noun: 'bridge host',
  firstId: 0x1000,
  fields: {
    bridge: { type: reference('/interface/bridge'), required: true },
    comment,
    disabled,
    dynamic,
    external: computed((item) => item.values['external'] ?? 'false'),
    interface: { type: reference('/interface'), required: true },
    invalid: computed((item, router) => String(!interfaceAt(item.values['interface'], router))),
    local: computed((item) => item.values['local'] ?? 'false'),
    'mac-address': { type: macAddress, required: true },
    'on-interface': computed((item, router) => interfaceAt(item.values['interface'], router)?.values['name']),
    vid: { type: integer(1, 4094), canUnset: true },
  },
  derived: (router) =>
    router
      .items('/interface/bridge')
      .flatMap((bridge) => hostsOf(bridge, router))
      .map(numbered),
};

type Host = { readonly mac: string; readonly member: Item; readonly local: boolean };

function hostsOf(bridge: Item, router: RouterView): Item['values'][] {
  if (bridge.values['disabled'] === 'true') return [];
  const ports = portsOf(bridge.id, router).filter((port) => isRunning(port, router));
  const hosts = [bridge, ...ports].flatMap((member): Host[] => {
    const mac = macOf(member, router);
    const own = mac === undefined ? [] : [{ mac, member, local: true }];
    return member === bridge ? own : [...own, ...learnedAt(member, router)];
  });
  return hosts.map(({ mac, member, local }) => ({
    bridge: bridge.id,
    disabled: 'false',
    interface: member.id,
    local: String(local),
    'mac-address': mac,
    ...(filtersVlans(bridge) ? { vid: String(pvidOf(member.id, router)) } : {}),
  }));
}

/** One device behind a port, the connected clients behind a radio. */
function learnedAt(port: Item, router: RouterView): Host[] {
  const macs =
    port.values['type'] === 'ether'
      ? [neighbourMac(router.index, Number.parseInt(port.id.slice(1), 16))]
      : clientsOf(port, router).map((client) => client.mac);
  return macs.map((mac) => ({ mac, member: port, local: false }));
}

function numbered(values: Item['values'], index: number): Item {
  return { id: `*${(index + 1).toString(16).toUpperCase()}`, dynamic: true, values, internal: {} };
}
