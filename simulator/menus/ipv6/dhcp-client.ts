import type {
  Change,
  CommandDefinition,
  FieldType,
  Item,
  MenuDefinition,
  RouterView,
} from '../../engine/definition.ts';
import { noMatch } from '../../engine/router-error.ts';
import { interfaceOf, isSlavePort, isUp, leadsUpstream } from '../../network/links.ts';
import { BINDING_TIME_MS } from '../../network/upstream-lease.ts';
import { ipv6Network } from '../../values/address-types.ts';
import { formatDuration } from '../../values/duration.ts';
import { boolean, integer, text, word } from '../../values/field-types.ts';
import { interfaceReference } from '../interface/interface.ts';
import { namedItems } from '../interface/named-items.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

const CLIENTS = '/ipv6/dhcp-client';

/** First version that has these fields; the exact one is not measured. */
const SINCE_19 = '7.19';

/** How long the server upstream lends a prefix, in milliseconds. */
const LEASE_MS = 7 * 86_400_000;

/** `info`, `address` and `prefix` in a comma list. */
const request: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const members = input.split(',').filter((member) => member !== '');
    if (!members.every((member) => ['info', 'address', 'prefix'].includes(member))) throw noMatch(field);
    return members.join(',');
  },
};

/** DHCPv6 clients: the network upstream gives each router a prefix. */
export const ipv6DhcpClient: MenuDefinition = {
  path: CLIENTS,
  kind: 'list',
  noun: 'dhcpv6 client',
  fields: {
    'accept-prefix-without-address': { type: boolean, default: 'true', since: SINCE_19 },
    'add-default-route': { type: boolean, default: 'false' },
    address: computed((item, router) =>
      lent(item, router, 'address', `2001:db8:20::${(router.index + 257).toString(16)}`),
    ),
    'allow-reconfigure': { type: boolean, default: 'false', since: SINCE_19 },
    'check-gateway': { type: word('none', 'ping', 'arp', 'bfd'), default: 'none', since: SINCE_19 },
    comment,
    'custom-duid': { type: text, default: '', since: SINCE_19 },
    'custom-iana-id': { type: integer(0, 4_294_967_295), canUnset: true, since: SINCE_19 },
    'custom-iapd-id': { type: integer(0, 4_294_967_295), canUnset: true, since: SINCE_19 },
    'default-route-distance': { type: integer(1, 255), default: '1' },
    'default-route-tables': { type: text, default: 'default', since: SINCE_19 },
    'dhcp-options': { type: text, default: '' },
    'dhcp-server-v6': computed((item, router) => (isBound(item, router) ? 'fe80::2ec8:1bff:fef0:a8ba' : undefined)),
    disabled,
    duid: computed((_item, router) => `0x00030001d401c3${(router.index * 64 + 1).toString(16).padStart(6, '0')}`),
    dynamic,
    interface: { type: interfaceReference, required: true },
    invalid: computed((item, router) => String(cannotRun(item, router))),
    'pool-name': { type: text, default: '' },
    'pool-prefix-length': { type: integer(1, 128), default: '64' },
    prefix: computed((item, router) =>
      lent(item, router, 'prefix', `2001:db8:${(0x4000 + router.index).toString(16)}::/56`),
    ),
    'prefix-address-lists': { type: text, default: '', since: SINCE_19 },
    'prefix-hint': { type: ipv6Network, default: '::/0' },
    'rapid-commit': { type: boolean },
    request: { type: request, required: true },
    script: { type: text, emptyClears: true },
    status: computed(statusOf),
    'use-interface-duid': { type: boolean, default: 'false' },
    'use-peer-dns': { type: boolean, default: 'true' },
    'validate-server-duid': { type: boolean, default: 'true', since: SINCE_19 },
  },
  collision: (candidate, others) =>
    others.some(({ values }) => values['interface'] === candidate['interface'])
      ? 'already have such interface'
      : undefined,
  applied: startAnew,
  commands: {
    release: onClients((item, router) => {
      item.internal['startedMs'] = router.clock.uptimeMs();
    }),
    renew: onClients((item, router) => {
      item.internal['renewedMs'] = router.clock.uptimeMs();
    }),
  },
  booted: (router) => {
    for (const item of router.items(CLIENTS)) for (const key of ['startedMs', 'renewedMs']) delete item.internal[key];
  },
};

/** What was asked for, with the time it has left: `2001:db8:4000::/56, 6d23h59m50s`. */
function lent(item: Item, router: RouterView, kind: string, value: string): string | undefined {
  if (!isBound(item, router) || !item.values['request']?.split(',').includes(kind)) return undefined;
  const boundMs = (item.internal['startedMs'] ?? 0) + BINDING_TIME_MS;
  const sinceMs = router.clock.uptimeMs() - Math.max(boundMs, item.internal['renewedMs'] ?? 0);
  const restMs = LEASE_MS - (sinceMs % (LEASE_MS / 2));
  return `${value}, ${formatDuration(Math.floor(restMs / 1000) * 1000)}`;
}

function statusOf(item: Item, router: RouterView): string {
  if (item.values['disabled'] === 'true') return 'stopped';
  if (cannotRun(item, router)) return 'error';
  return isBound(item, router) ? 'bound' : 'searching...';
}

function isBound(item: Item, router: RouterView): boolean {
  const port = item.values['interface'] ?? '';
  if (item.values['disabled'] === 'true' || cannotRun(item, router) || !isUp(router, port)) return false;
  const runningMs = router.clock.uptimeMs() - (item.internal['startedMs'] ?? 0);
  return leadsUpstream(router, port) && runningMs >= BINDING_TIME_MS;
}

function cannotRun(item: Item, router: RouterView): boolean {
  const port = item.values['interface'] ?? '';
  return interfaceOf(router, port) === undefined || isSlavePort(router, port);
}

function startAnew({ kind, item, before, after }: Change, router: RouterView): void {
  if (kind === 'remove') return;
  const isSame = before?.['interface'] === after['interface'] && before?.['disabled'] === after['disabled'];
  if (!before || !isSame) item.internal['startedMs'] = router.clock.uptimeMs();
}

function onClients(act: (item: Item, router: RouterView) => void): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    writes: true,
    run: (args, router) => {
      for (const client of namedItems(args, CLIENTS, router)) act(client, router);
      return { kind: 'done' };
    },
  };
}
