import type { Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { boolean, duration, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { forgetConnection, trackedConnections } from './tracked-connections.ts';

function connectionMenu(path: string, rows: (router: RouterView) => Item[]): MenuDefinition {
  return {
    path,
    kind: 'list',
    rows: 'read-only',
    fields: Object.fromEntries(COLUMNS.map((name) => [name, computed((item) => item.values[name])])),
    derived: rows,
    commands: {
      remove: {
        policy: 'write',
        parameters: ['.id', 'numbers'],
        writes: true,
        run: (args, router) => {
          const given = args.get('.id') ?? args.get('numbers');
          if (given === undefined) throw missingArgument('.id');
          const keys = given.split(',');
          const items = keys.map((key) => router.find(path, key));
          if (items.includes(undefined)) throw noSuchItem();
          for (const item of items) if (item) forgetConnection(router, item.id);
          return { kind: 'done' };
        },
      },
    },
  };
}

const COLUMNS = [
  'assured',
  'confirmed',
  'dst-address',
  'dstnat',
  'dying',
  'expected',
  'fasttrack',
  'hw-offload',
  'orig-bytes',
  'orig-packets',
  'orig-rate',
  'protocol',
  'repl-bytes',
  'repl-packets',
  'repl-rate',
  'reply-dst-address',
  'reply-src-address',
  'seen-reply',
  'src-address',
  'srcnat',
  'tcp-state',
  'timeout',
];

/** The connections that pass through the router or end in it. */
export const connections: readonly MenuDefinition[] = [
  connectionMenu('/ip/firewall/connection', trackedConnections),
  // Nobody on the simulated wires speaks IPv6 through a router.
  connectionMenu('/ipv6/firewall/connection', () => []),
];

/** How connections are tracked. */
export const connectionTracking: MenuDefinition = {
  path: '/ip/firewall/connection/tracking',
  kind: 'singleton',
  lacks: ['reset'],
  noun: 'connection tracking',
  fields: {
    'active-ipv4': computed((item) => yesNo(item.values)),
    'active-ipv6': computed((item) => yesNo(item.values)),
    enabled: { type: word('auto', 'no', 'yes'), default: 'auto' },
    'generic-timeout': time('10m'),
    'icmp-timeout': time('10s'),
    'liberal-tcp-tracking': { type: boolean, default: 'false', since: '7.18' },
    'loose-tcp-tracking': { type: boolean, default: 'true' },
    'max-entries': computed((_item, router) => String(Math.floor(router.board.memoryBytes / 1024 / 4))),
    'tcp-close-timeout': time('10s'),
    'tcp-close-wait-timeout': time('10s'),
    'tcp-established-timeout': time('1d'),
    'tcp-fin-wait-timeout': time('10s'),
    'tcp-last-ack-timeout': time('10s'),
    'tcp-max-retrans-timeout': time('5m'),
    'tcp-syn-received-timeout': time('5s'),
    'tcp-syn-sent-timeout': time('5s'),
    'tcp-time-wait-timeout': time('10s'),
    'tcp-unacked-timeout': time('5m'),
    'total-entries': computed((_item, router) => String(trackedConnections(router).length)),
    'udp-stream-timeout': time('3m'),
    'udp-timeout': time('30s'),
  },
};

function time(initially: string): MenuDefinition['fields'][string] {
  return { type: duration(), default: initially };
}

const yesNo = ({ enabled }: Values): string => (enabled === 'no' ? 'no' : 'yes');
