import type { FieldType, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { actualInterface, interfaceName, isUp, leadsUpstream, uplinkInterface } from '../../network/links.ts';
import { UPLINK_GATEWAY } from '../../network/outside.ts';
import { formatDuration } from '../../values/duration.ts';
import { boolean, duration, integer, reference, text, word } from '../../values/field-types.ts';
import { BUILTIN_LISTS, isInList } from '../interface/list-members.ts';

const SETTINGS = '/ip/neighbor/discovery-settings';

/** What every announcing machine sends again after this time, in seconds. */
const ANNOUNCE_SECONDS = 30;

const readOnly = { type: text, access: 'read-only' } as const;

/** Machines that announce themselves on interfaces where discovery is on: a router upstream, switches on the ports. */
export const ipNeighbor: MenuDefinition = {
  path: '/ip/neighbor',
  kind: 'list',
  rows: 'read-only',
  fields: {
    address: readOnly,
    address4: readOnly,
    age: readOnly,
    board: readOnly,
    'discovered-by': readOnly,
    identity: readOnly,
    interface: readOnly,
    'interface-name': readOnly,
    'mac-address': readOnly,
    platform: readOnly,
    'software-id': readOnly,
    'system-caps': readOnly,
    'system-caps-enabled': readOnly,
    'system-description': readOnly,
    unpack: readOnly,
    uptime: readOnly,
    version: readOnly,
  },
  derived: (router) =>
    [upstreamRouter(router), accessSwitch(router)].flatMap((values, position): Item[] =>
      values === undefined ? [] : [{ id: `*${position + 1}`, dynamic: true, values, internal: {} }],
    ),
};

/** An interface list, or `!` and a list. */
const interfaceList: FieldType = {
  kind: 'reference',
  parse: (input, field, router) => {
    const [, negation = '', name = ''] = /^(!?)(.*)$/.exec(input) ?? [];
    return `${negation}${lists.parse(name, field, router)}`;
  },
  show: (stored, router) => {
    const [, negation = '', id = ''] = /^(!?)(.*)$/.exec(stored) ?? [];
    return `${negation}${lists.show?.(id, router) ?? id}`;
  },
};

const lists = reference('/interface/list');

/** Where the router announces itself and listens. */
export const ipNeighborDiscoverySettings: MenuDefinition = {
  path: SETTINGS,
  kind: 'singleton',
  lacks: ['reset'],
  noun: 'discovery settings',
  fields: {
    'discover-interface-list': { type: interfaceList, default: BUILTIN_LISTS.static },
    'discover-interval': { type: duration(5000, 32_768_000), default: '30s', since: '7.16' },
    'lldp-mac-phy-config': { type: boolean, default: 'false', since: '7.15' },
    'lldp-max-frame-size': { type: boolean, default: 'false', since: '7.15' },
    'lldp-med-net-policy-vlan': { type: integer(0, 4095, ['disabled']), default: 'disabled' },
    'lldp-vlan-info': { type: boolean, default: 'false', since: '7.16' },
    mode: { type: word('tx-only', 'rx-only', 'tx-and-rx'), default: 'tx-and-rx' },
    protocol: { type: text, default: 'cdp,lldp,mndp' },
  },
  seed: (router) => (hasLan(router) ? [{ 'discover-interface-list': 'LAN' }] : [{}]),
};

/** The factory limits discovery to its list of local interfaces. */
function hasLan(router: RouterView): boolean {
  return router.items('/interface/list').some(({ values }) => values['name'] === 'LAN');
}

/** Is discovery on where a machine behind the port would be heard? */
function listens(router: RouterView, port: string): boolean {
  const { 'discover-interface-list': stored = '', mode, protocol } = router.singleton(SETTINGS);
  if (mode === 'tx-only' || protocol === '' || !isUp(router, port)) return false;
  const name = interfaceList.show?.(stored, router) ?? stored;
  const list = name.replace('!', '');
  const isMember = isInList(port, list, router) || isInList(actualInterface(router, port), list, router);
  return name.startsWith('!') ? !isMember : isMember;
}

function upstreamRouter(router: RouterView): Values | undefined {
  const port = uplinkInterface(router);
  if (port === undefined || !listens(router, port)) return undefined;
  const version = '7.15 (stable) 2024-05-29 12:44:08';
  return {
    address: UPLINK_GATEWAY,
    address4: UPLINK_GATEWAY,
    age: ageOf(router, 5),
    board: 'RB750Gr3',
    'discovered-by': 'cdp,lldp,mndp',
    identity: 'core-1',
    interface: interfacesOf(router, port),
    'interface-name': 'bridge-sites/ether2',
    'mac-address': '2C:C8:1B:F0:A8:BA',
    platform: 'MikroTik',
    'software-id': 'H970-N4I4',
    'system-caps': 'bridge,router',
    'system-caps-enabled': 'bridge,router',
    'system-description': `MikroTik RouterOS ${version} RB750Gr3`,
    unpack: 'none',
    uptime: formatDuration(Math.floor((router.clock.uptimeMs() + 8_640_000) / 1000) * 1000),
    version,
  };
}

/** A switch of another maker, on the second port, speaks LLDP only. */
function accessSwitch(router: RouterView): Values | undefined {
  const second = router.board.interfaces[1]?.name;
  const port = router.items('/interface').find(({ values }) => values['default-name'] === second)?.id;
  if (port === undefined || leadsUpstream(router, port) || !listens(router, port)) return undefined;
  return {
    age: ageOf(router, 17),
    'discovered-by': 'lldp',
    identity: `sw-floor-${(router.index % 4) + 1}`,
    interface: interfacesOf(router, port),
    'interface-name': 'GigabitEthernet0/1',
    'mac-address': '00:1B:21:3A:5C:0D',
    platform: '',
    'system-caps': 'bridge',
    'system-caps-enabled': 'bridge',
    'system-description': 'GS108T ProSafe 8-port Gigabit Smart Switch',
    unpack: 'none',
  };
}

/** `ether2,bridge` for a port of a bridge. */
function interfacesOf(router: RouterView, port: string): string {
  const actual = actualInterface(router, port);
  return [...new Set([port, actual])].map((id) => interfaceName(router, id)).join(',');
}

function ageOf(router: RouterView, phase: number): string {
  return formatDuration(((Math.floor(router.clock.uptimeMs() / 1000) + phase) % ANNOUNCE_SECONDS) * 1000);
}
