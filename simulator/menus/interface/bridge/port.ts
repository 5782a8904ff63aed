import type { Field, FieldType, Item, MenuDefinition, Row, RouterView, Values } from '../../../engine/definition.ts';
import { isAtLeast } from '../../../engine/version.ts';
import { noMatch } from '../../../engine/router-error.ts';
import { boolean, integer, reference, word } from '../../../values/field-types.ts';
import { hexadecimal } from '../../../values/hexadecimal.ts';
import { comment, computed, disabled, dynamic } from '../../row-fields.ts';
import { noteLinks } from '../links.ts';
import { macOf } from '../mac-addresses.ts';
import { monitor, MONITOR_PARAMETERS } from '../../monitor.ts';
import { namedItems } from '../named-items.ts';
import { interfaceAt, isRunning } from '../running.ts';
import { frameTypes } from './bridge.ts';

const PATH = '/interface/bridge/port';

const flagOr = (words: readonly string[]): FieldType => word(...words, 'yes', 'no');

const setting = (type: FieldType, value: string): Field => ({ type, default: value });

/** Ports of bridges: the interfaces that they connect, each in one bridge at most. */
export const bridgePorts: MenuDefinition = {
  path: PATH,
  kind: 'list',
  noun: 'bridge port',
  ordered: true,
  firstId: 0,
  fields: {
    'auto-isolate': setting(boolean, 'false'),
    'bpdu-guard': setting(boolean, 'false'),
    bridge: { type: reference('/interface/bridge'), required: true },
    'broadcast-flood': setting(boolean, 'true'),
    comment,
    'debug-info': computed(debugInfo),
    disabled,
    dynamic,
    edge: setting(flagOr(['auto', 'no-discover', 'yes-discover']), 'auto'),
    'fast-leave': setting(boolean, 'false'),
    forwarding: whileActive(() => 'true'),
    'frame-types': setting(frameTypes, 'admit-all'),
    horizon: setting(integer(0, 429_496_729, ['none']), 'none'),
    hw: setting(boolean, 'true'),
    'hw-offload': computed((item, router) => String(isOffloaded(item, router))),
    inactive: computed((item, router) => String(!isActive(item, router))),
    'ingress-filtering': setting(boolean, 'true'),
    interface: { type: reference('/interface'), required: true },
    'internal-path-cost': { type: integer(1, 200_000_000), emptyClears: true },
    learn: setting(flagOr(['auto']), 'auto'),
    learning: whileActive(() => 'true'),
    'multicast-router': setting(word('disabled', 'permanent', 'temporary-query'), 'temporary-query'),
    'mvrp-applicant-state': {
      ...setting(word('non-participant', 'normal-participant'), 'normal-participant'),
      since: '7.15',
    },
    'mvrp-registrar-state': { ...setting(word('fixed', 'normal'), 'normal'), since: '7.15' },
    'path-cost': { type: integer(1, 200_000_000), emptyClears: true },
    'point-to-point': setting(flagOr(['auto']), 'auto'),
    'port-number': whileActive((item, router) => String(portNumber(item, router))),
    priority: setting(hexadecimal(0, 240), '0x80'),
    pvid: setting(integer(1, 4094), '1'),
    'restricted-role': setting(boolean, 'false'),
    'restricted-tcn': setting(boolean, 'false'),
    role: computed((item, router) => (isActive(item, router) ? 'designated-port' : 'disabled-port')),
    'sending-rstp': whileActive((item, router) =>
      String(bridgeOfEntry(item, router)?.values['protocol-mode'] === 'rstp'),
    ),
    status: computed((item, router) => (isActive(item, router) ? 'in-bridge' : 'inactive')),
    'tag-stacking': setting(boolean, 'false'),
    trusted: setting(boolean, 'false'),
    'trusted-ra': { ...setting(boolean, 'false'), since: '7.22' },
    'unknown-multicast-flood': setting(boolean, 'true'),
    'unknown-unicast-flood': setting(boolean, 'true'),
  },
  seed: (router) =>
    lanPorts(router).map((name) => ({ bridge: 'bridge', interface: name, comment: 'defconf', ...fixedCosts(router) })),
  collision: (candidate, others) =>
    others.some((other) => other.values['interface'] === candidate['interface'])
      ? 'already have device with such name'
      : undefined,
  prepare: ({ kind, after }, router) => {
    if (kind === 'remove') return;
    if (interfaceAt(after['interface'], router)?.values['type'] === 'bridge') throw noMatch('interface');
    if (kind === 'add') Object.assign(after, { ...fixedCosts(router), ...after });
  },
  applied: (_change, router) => noteLinks(router),
  commands: {
    monitor: {
      policy: 'read',
      parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
      run: (args, router, _caller, signal) => {
        const shown = namedItems(args, PATH, router);
        return monitor(args, router, signal, () => shown.map((port) => sample(port, router)));
      },
    },
    unset: {
      policy: 'write',
      parameters: ['.id', 'numbers', 'value-name'],
      since: '7.13',
      run: (args, router, caller) => {
        const name = args.get('value-name') ?? '';
        if (!['path-cost', 'internal-path-cost'].includes(name)) throw noMatch('value-name');
        const ids = namedItems(args, PATH, router).map((item) => item.id);
        return router.perform(
          caller,
          PATH,
          'set',
          new Map([
            ['.id', ids.join(',')],
            [`!${name}`, ''],
          ]),
        );
      },
    },
  },
};

/** The ports of a new router's bridge: all interfaces but the first one, which is the uplink. */
export function lanPorts(router: RouterView): string[] {
  return router.board.interfaces.filter(({ type }, index) => index > 0 && type !== 'bridge').map(({ name }) => name);
}

/** Before 7.13 the cost of a port did not follow its speed. */
function fixedCosts(router: RouterView): Values {
  return isAtLeast(router.version, '7.13') ? {} : { 'internal-path-cost': '10', 'path-cost': '10' };
}

function bridgeOfEntry(entry: Item, router: RouterView): Item | undefined {
  return router.items('/interface/bridge').find((bridge) => bridge.id === entry.values['bridge']);
}

/** A port is in its bridge while the entry is enabled and both interfaces work. */
function isActive(entry: Item, router: RouterView): boolean {
  const port = interfaceAt(entry.values['interface'], router);
  const bridge = bridgeOfEntry(entry, router);
  if (!port || !bridge || entry.values['disabled'] === 'true' || bridge.values['disabled'] === 'true') return false;
  return isRunning(port, router);
}

/** Switch chips forward between their ports while the bridge does nothing that they cannot do. */
function isOffloaded(entry: Item, router: RouterView): boolean {
  const port = interfaceAt(entry.values['interface'], router);
  const hasChip = router.board.model !== undefined && port?.values['type'] === 'ether';
  return hasChip && entry.values['hw'] === 'true' && isActive(entry, router);
}

function whileActive(compute: (item: Item, router: RouterView) => string): Field {
  return computed((item, router) => (isActive(item, router) ? compute(item, router) : undefined));
}

function portNumber(entry: Item, router: RouterView): number {
  const siblings = router.items(PATH).filter((other) => other.values['bridge'] === entry.values['bridge']);
  return siblings.indexOf(entry) + 1;
}

function debugInfo(entry: Item, router: RouterView): string | undefined {
  if (!isActive(entry, router)) return undefined;
  const bridge = bridgeOfEntry(entry, router);
  const id = `${bridge?.values['priority']}.${bridge && macOf(bridge, router)}`;
  return [`designated bridge: ${id}`, `designated port: ${portNumber(entry, router)}`, 'state: forwarding'].join('\n');
}

function sample(entry: Item, router: RouterView): Row {
  const port = interfaceAt(entry.values['interface'], router);
  const active = isActive(entry, router);
  const row: Row = {
    interface: port?.values['name'] ?? entry.values['interface'] ?? '',
    status: active ? 'in-bridge' : 'inactive',
    'port-number': String(portNumber(entry, router)),
    role: active ? 'designated-port' : 'disabled-port',
    'edge-port': String(active),
    'edge-port-discovery': 'true',
    'point-to-point-port': String(active),
    'external-fdb': 'false',
    'sending-rstp': String(bridgeOfEntry(entry, router)?.values['protocol-mode'] === 'rstp'),
    learning: String(active),
    forwarding: String(active),
    'hw-offload': String(isOffloaded(entry, router)),
  };
  return Object.fromEntries(Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1)));
}
