import type {
  Change,
  CommandDefinition,
  Field,
  FieldType,
  Item,
  MenuDefinition,
  Row,
  RouterView,
} from '../../../engine/definition.ts';
import { missingArgument, noSuchItem } from '../../../engine/router-error.ts';
import { isAtLeast } from '../../../engine/version.ts';
import { isBound, refreshLeases, suppressUntilRenewal } from '../../../network/lan-leases.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { formatDuration } from '../../../values/duration.ts';
import { boolean, duration, ipv4Address, reference, text } from '../../../values/field-types.ts';
import { isIpAddress } from '../../../values/ip-address.ts';
import { comment, computed, disabled, dynamic } from '../../row-fields.ts';
import { sortedRow } from '../../sorted-row.ts';

const LEASES = '/ip/dhcp-server/lease';

/** First version in which the identifiers of a relay agent can be written; before, they are only shown. */
const AGENT_IDS_SINCE = '7.21';

/** What `active-server` shows when the server is gone. */
const DEAD_SERVER = '*FFFFFFFF';

const pool = reference('/ip/pool');

/** An address, or a pool to take one from. */
const leaseAddress: FieldType = {
  kind: 'address',
  parse: (input, field, router) => (isIpAddress(input) ? ipv4Address : pool).parse(input, field, router),
  show: (stored, router) => (stored.startsWith('*') ? (pool.show?.(stored, router) ?? stored) : stored),
};

/** Present while a machine holds the lease. */
const whileBound = (compute: (item: Item, router: RouterView) => string | undefined): Field =>
  computed((item, router) => (isBound(item, router) ? compute(item, router) : undefined));

/** Leases: dynamic ones of machines that ask, and static ones that wait for theirs. */
export const ipDhcpServerLease: MenuDefinition = {
  path: LEASES,
  kind: 'list',
  noun: 'dhcp lease',
  dynamicRows: 'removable',
  fields: {
    'active-address': whileBound((item) => item.values['address']),
    'active-agent-circuit-id': computed(() => ''),
    'active-agent-remote-id': computed(() => ''),
    'active-client-id': whileBound((item) => item.values['client-id']),
    'active-mac-address': whileBound((item) => item.values['mac-address']),
    'active-server': whileBound(serverName),
    address: { type: leaseAddress, canUnset: true },
    'address-lists': { type: text, default: '' },
    age: whileBound((item, router) => since(item.internal['boundMs'], router)),
    'agent-circuit-id': { type: text, default: '', since: AGENT_IDS_SINCE },
    'agent-remote-id': { type: text, default: '', since: AGENT_IDS_SINCE },
    'allow-dual-stack-queue': { type: boolean },
    'always-broadcast': { type: boolean, canUnset: true },
    'block-access': { type: boolean, canUnset: true },
    blocked: computed((item) => item.values['block-access'] ?? 'false'),
    'client-id': { type: text, canUnset: true, emptyClears: true },
    comment,
    'dhcp-option': { type: text, default: '' },
    'dhcp-option-set': { type: reference('/ip/dhcp-server/option/sets', ['none']), canUnset: true },
    disabled,
    dynamic,
    'expires-after': whileBound((item, router) =>
      wholeSeconds((item.internal['expiresMs'] ?? 0) - router.clock.uptimeMs()),
    ),
    'host-name': { type: text, access: 'read-only' },
    'insert-queue-before': { type: reference('/queue/simple', ['first', 'bottom']), canUnset: true },
    'last-seen': computed((item, router) =>
      item.internal['renewedMs'] === undefined ? 'never' : since(item.internal['renewedMs'], router),
    ),
    'lease-time': { type: duration(), canUnset: true },
    'mac-address': { type: macAddress, canUnset: true },
    'parent-queue': { type: reference('/queue/simple', ['none']), canUnset: true },
    'queue-type': { type: reference('/queue/type'), canUnset: true },
    radius: computed(() => 'false'),
    'rate-limit': { type: text, canUnset: true, emptyClears: true },
    routes: { type: text, canUnset: true, emptyClears: true },
    server: { type: reference('/ip/dhcp-server', ['all']), canUnset: true },
    status: computed((item, router) => (isBound(item, router) ? 'bound' : 'waiting')),
    'use-src-mac': { type: boolean, canUnset: true },
  },
  derived: (router) => {
    refreshLeases(router);
    return [];
  },
  prepare: ({ kind, after }) => {
    if (kind === 'remove') return;
    if (after['mac-address'] === undefined && after['client-id'] === undefined) throw missingArgument('mac-address');
    // A lease of all servers names none.
    if (after['server'] === 'all') delete after['server'];
  },
  collision: (candidate, others) => {
    const rivals = others.filter(({ dynamic: isDynamic, values }) => !isDynamic && values['disabled'] !== 'true');
    if (candidate['disabled'] === 'true') return undefined;
    if (rivals.some(({ values }) => isSameClient(values, candidate)))
      return 'already have static lease for this client';
    const { address } = candidate;
    return isIpAddress(address ?? '') && rivals.some(({ values }) => values['address'] === address)
      ? 'already have static lease with this IP address'
      : undefined;
  },
  applied: (change, router) => {
    noteRemoval(change, router);
    refreshLeases(router);
  },
  view: (row, _item, router) => (isAtLeast(router.version, AGENT_IDS_SINCE) ? row : withAgentIds(row)),
  commands: {
    'check-status': onLeases(() => undefined, 'read'),
    'make-static': onLeases((lease) => {
      lease.dynamic = false;
    }, 'write'),
    'send-reconfigure': { ...onLeases(() => undefined, 'write'), since: '7.17' },
  },
};

/** One machine may have a lease at each server, and none beside one at all servers. */
function isSameClient(values: Item['values'], candidate: Item['values']): boolean {
  const mac = candidate['mac-address'];
  return mac !== undefined && values['mac-address'] === mac && values['server'] === candidate['server'];
}

function noteRemoval({ kind, item }: Change, router: RouterView): void {
  if (kind === 'remove' && item.dynamic) suppressUntilRenewal(item, router);
}

function withAgentIds(row: Row): Row {
  return sortedRow({ ...row, 'agent-circuit-id': '', 'agent-remote-id': '' });
}

function serverName({ internal }: Item, router: RouterView): string {
  const id = `*${(internal['server'] ?? 0).toString(16).toUpperCase()}`;
  return router.items('/ip/dhcp-server').find((server) => server.id === id)?.values['name'] ?? DEAD_SERVER;
}

function since(momentMs: number | undefined, router: RouterView): string {
  return wholeSeconds(router.clock.uptimeMs() - (momentMs ?? 0));
}

const wholeSeconds = (milliseconds: number): string => formatDuration(Math.floor(milliseconds / 1000) * 1000);

function onLeases(act: (lease: Item) => void, policy: 'read' | 'write'): CommandDefinition {
  return {
    policy,
    parameters: ['.id', 'numbers'],
    ...(policy === 'write' ? { writes: true as const } : {}),
    run: (args, router) => {
      const keys = args.get('.id') ?? args.get('numbers');
      if (keys === undefined) throw missingArgument('.id');
      const leases = keys.split(',').map((key) => router.find(LEASES, key));
      if (leases.includes(undefined)) throw noSuchItem();
      for (const lease of leases) if (lease) act(lease);
      return { kind: 'done' };
    },
  };
}
