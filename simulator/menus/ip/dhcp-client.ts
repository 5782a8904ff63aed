import type { Change, CommandDefinition, Field, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { uplinkInterface } from '../../network/links.ts';
import { cannotRun, clientState, type UpstreamLease } from '../../network/upstream-lease.ts';
import { formatDuration } from '../../values/duration.ts';
import { boolean, integer, text, word } from '../../values/field-types.ts';
import { interfaceReference } from '../interface/interface.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

const CLIENTS = '/ip/dhcp-client';

/** Present while the client is bound. */
const whileBound = (compute: (lease: UpstreamLease) => string): Field =>
  computed((item, router) => {
    const { lease } = clientState(item, router);
    return lease && compute(lease);
  });

/**
 * DHCP clients. A bound one gives the router an address, a default route and a DNS server. The factory's client on the
 * first port is disabled: the routers of a fleet have fixed addresses there.
 */
export const ipDhcpClient: MenuDefinition = {
  path: CLIENTS,
  kind: 'list',
  noun: 'dhcp client',
  fields: {
    'add-default-route': { type: word('yes', 'no', 'special-classless'), default: 'yes' },
    address: whileBound(({ address }) => address),
    'allow-reconfigure': { type: boolean, default: 'false', since: '7.19' },
    'check-gateway': { type: word('none', 'ping', 'arp', 'bfd'), default: 'none', since: '7.19' },
    comment,
    'default-route-distance': { type: integer(1, 255), default: '1' },
    'default-route-tables': { type: text, default: 'default', since: '7.17' },
    'dhcp-options': { type: text, default: 'hostname,clientid' },
    'dhcp-server': whileBound(({ server }) => server),
    disabled,
    dscp: { type: integer(0, 63), default: '0', since: '7.19' },
    dynamic,
    'expires-after': whileBound(({ expiresAfterMs }) => formatDuration(Math.floor(expiresAfterMs / 1000) * 1000)),
    gateway: whileBound(({ gateway }) => gateway),
    interface: { type: interfaceReference, required: true },
    invalid: computed((item, router) => String(cannotRun(item, router))),
    name: { type: text, default: freeClientName, since: '7.22' },
    'primary-dns': whileBound(({ dnsServer }) => dnsServer),
    script: { type: text, canUnset: true, emptyClears: true },
    status: computed((item, router) => clientState(item, router).status),
    'use-broadcast': { type: word('always', 'both', 'never'), default: 'both', since: '7.19' },
    'use-peer-dns': { type: word('true', 'false', 'yes', 'no', 'exclusively'), default: 'true' },
    'use-peer-ntp': { type: boolean, default: 'true' },
    'vlan-priority': { type: integer(0, 7), default: '0', since: '7.19' },
  },
  seed: (router) => [{ interface: uplinkInterface(router) ?? 'bridge', disabled: 'true', comment: 'defconf' }],
  collision: (candidate, others) =>
    others.some(({ values }) => values['interface'] === candidate['interface'])
      ? 'already have such interface'
      : undefined,
  prepare: ({ kind, after }) => {
    if (kind === 'remove') return;
    const peerDns = after['use-peer-dns'];
    if (peerDns === 'yes' || peerDns === 'no') after['use-peer-dns'] = String(peerDns === 'yes');
  },
  applied: startAnew,
  about: (item, router) =>
    cannotRun(item, router) ? 'DHCP client can not run on slave or passthrough interface!' : undefined,
  commands: {
    release: onClients((item, router) => restart(item, router)),
    renew: onClients((item, router) => {
      item.internal['renewedMs'] = router.clock.uptimeMs();
    }),
  },
  booted: (router) => {
    for (const item of router.items(CLIENTS)) {
      delete item.internal['startedMs'];
      delete item.internal['renewedMs'];
    }
  },
};

/** A client asks anew when it was made, enabled or put on another interface. */
function startAnew({ kind, item, before, after }: Change, router: RouterView): void {
  if (kind === 'remove') return;
  const isSame = before?.['interface'] === after['interface'] && before?.['disabled'] === after['disabled'];
  if (!before || !isSame) restart(item, router);
}

function restart(item: Item, router: RouterView): void {
  item.internal['startedMs'] = router.clock.uptimeMs();
  delete item.internal['renewedMs'];
}

function freeClientName(router: RouterView): string {
  const taken = new Set(router.items(CLIENTS).map(({ values }) => values['name']));
  let number = 1;
  while (taken.has(`client${number}`)) number += 1;
  return `client${number}`;
}

function onClients(act: (item: Item, router: RouterView) => void): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    writes: true,
    run: (args, router) => {
      const keys = args.get('.id') ?? args.get('numbers');
      if (keys === undefined) throw missingArgument('.id');
      const clients = keys.split(',').map((key) => router.find(CLIENTS, key));
      if (clients.includes(undefined)) throw noSuchItem();
      for (const client of clients) if (client) act(client, router);
      return { kind: 'done' };
    },
  };
}

/** Options that clients send. */
export const ipDhcpClientOption: MenuDefinition = {
  path: '/ip/dhcp-client/option',
  kind: 'list',
  noun: 'dhcp client option',
  nameField: 'name',
  fields: {
    code: { type: integer(1, 254), required: true },
    comment: { ...comment, since: '7.16' },
    name: { type: text, required: true },
    value: { type: text, default: '' },
  },
  seed: () => [
    { name: 'clientid', code: '61', value: '0x01$(CLIENT_MAC)' },
    { name: 'hostname', code: '12', value: '$(HOSTNAME)' },
  ],
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
};
