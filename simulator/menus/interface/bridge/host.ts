import type { Item, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { integer, reference } from '../../../values/field-types.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { lanHosts } from '../../../network/lan-hosts.ts';
import { lanOperators } from '../../../network/lan-operators.ts';
import { interfaceThatReceives } from '../../../network/reception.ts';
import { comment, computed, disabled, dynamic } from '../../row-fields.ts';
import { portsOf } from '../bridge-membership.ts';
import { filtersVlans, pvidOf } from '../bridge-vlans.ts';
import { macOf } from '../mac-addresses.ts';
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
  const wired = ports.filter((port) => port.values['type'] === 'ether');
  const machines = machinesOn(bridge, router);
  const hosts = [bridge, ...ports].flatMap((member): Host[] => {
    const mac = macOf(member, router);
    const own = mac === undefined ? [] : [{ mac, member, local: true }];
    return member === bridge ? own : [...own, ...learnedAt(member, wired, machines, router)];
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

/** The machines on the bridge's network, spread over its wired ports; the connected clients behind a radio; managers. */
function learnedAt(port: Item, wired: readonly Item[], hosts: readonly string[], router: RouterView): Host[] {
  const place = wired.indexOf(port);
  const macs =
    place === -1
      ? clientsOf(port, router).map((client) => client.mac)
      : hosts.filter((_mac, number) => number % wired.length === place);
  if (interfaceThatReceives(router)?.bridgePort === port.id) macs.push(...lanOperators(router).map(({ mac }) => mac));
  return macs.map((mac) => ({ mac, member: port, local: false }));
}

/** Addresses of the machines that DHCP servers on a bridge know. */
function machinesOn(bridge: Item, router: RouterView): string[] {
  return router
    .items('/ip/dhcp-server')
    .filter((server) => server.values['interface'] === bridge.id)
    .flatMap((server) => lanHosts(server, router).map((machine) => machine.mac));
}

function numbered(values: Item['values'], index: number): Item {
  return { id: `*${(index + 1).toString(16).toUpperCase()}`, dynamic: true, values, internal: {} };
}
