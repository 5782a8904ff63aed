import type { CommandDefinition, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { isAtLeast } from '../../engine/version.ts';
import { integer, reference, text } from '../../values/field-types.ts';
import { comment, computed, disabled } from '../row-fields.ts';
import { isSlave } from './bridge-membership.ts';
import { actualMtu, maxL2mtuOf } from './frame-sizes.ts';
import { linkTime, noteLinks, startLinks } from './links.ts';
import { macOf } from './mac-addresses.ts';
import { factoryMac } from './made-macs.ts';
import { monitorTraffic } from './monitor-traffic.ts';
import { namedItems } from './named-items.ts';
import { givesPower } from './port-hardware.ts';
import { radioDefaults } from './radio-defaults.ts';
import { countersOf, resetCounters, type Traffic } from './traffic.ts';
import { keepGiven, nameIsTaken, refuseEmptyName, running, settableL2mtu } from './typed-interface.ts';

/** Every interface of the router, whatever its type. Rows are made and removed in the menus of their types. */
export const interfaces: MenuDefinition = {
  path: '/interface',
  kind: 'list',
  rows: 'fixed',
  nameField: 'name',
  noun: 'interface',
  fields: {
    'actual-mtu': computed(actualMtu),
    comment,
    'default-name': { type: text, access: 'read-only' },
    disabled,
    dynamic: computed((item) => (item.dynamic ? 'true' : undefined)),
    'fp-rx-byte': computed(() => '0'),
    'fp-rx-packet': computed(() => '0'),
    'fp-tx-byte': computed(() => '0'),
    'fp-tx-packet': computed(() => '0'),
    l2mtu: settableL2mtu,
    'last-link-down-time': computed((item, router) => linkTime('lastDownMs', item, router)),
    'last-link-up-time': computed((item, router) => linkTime('lastUpMs', item, router)),
    'link-downs': computed((item) => String(item.internal['linkDowns'] ?? 0)),
    'mac-address': computed(macOf),
    'max-l2mtu': computed(maxL2mtuOf),
    mtu: { type: integer(68, 65_536, ['auto']), default: '1500' },
    name: { type: text },
    running,
    'rx-byte': counter('rxBytes'),
    'rx-drop': computed(() => '0'),
    'rx-error': computed(() => '0'),
    'rx-packet': counter('rxPackets'),
    slave: computed((item, router) => (isSlave(item.id, router) ? 'true' : undefined)),
    'tx-byte': counter('txBytes'),
    'tx-drop': computed(() => '0'),
    'tx-error': computed(() => '0'),
    'tx-packet': counter('txPackets'),
    'tx-queue-drop': computed(() => '0'),
    type: { type: text, access: 'read-only' },
  },
  seed: seedInterfaces,
  collision: nameIsTaken,
  prepare: (change) => {
    refuseEmptyName(change);
    keepGiven(change, ['l2mtu']);
  },
  applied: (_change, router) => noteLinks(router),
  commands: { blink: blink('/interface'), 'monitor-traffic': monitorTraffic, 'reset-counters': reset('/interface') },
  booted: (router) => {
    for (const [position, item] of router.items('/interface').entries()) {
      if (isEmptySocket(item, position, router)) item.internal['unplugged'] = 1;
    }
    startLinks(router);
  },
};

/** A reference to an interface by name. */
export const interfaceReference = reference('/interface');

/** `reset-counters` of a menu of interfaces. */
export function reset(menu: string): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      for (const item of namedItems(args, menu, router)) resetCounters(item, router);
      return { kind: 'done' };
    },
  };
}

/** `blink` of a menu of interfaces: the lights of a port flash, which changes nothing. */
export function blink(menu: string): CommandDefinition {
  return {
    policy: 'read',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      namedItems(args, menu, router);
      return { kind: 'done' };
    },
  };
}

/** First version that shows the loopback as an interface. Where it came in is not measured. */
const LOOPBACK_SINCE = '7.14';

function counter(figure: keyof Traffic): MenuDefinition['fields'][string] {
  return computed((item, router) => String(countersOf(item, router)[figure]));
}

/** Some of the later ports have nothing plugged in, others at every router. */
function isEmptySocket(item: Item, position: number, router: RouterView): boolean {
  return (
    router.board.model !== undefined &&
    item.values['type'] === 'ether' &&
    position >= 3 &&
    (router.index * 5 + position * 3) % 4 === 0
  );
}

function seedInterfaces(router: RouterView): Values[] {
  const made = router.board.interfaces.map(({ name, type }, position): Values => {
    const mac = factoryMac(router.index, position);
    if (type === 'bridge') {
      // The factory's bridge keeps the address of the first port in it.
      const adminMac = factoryMac(router.index, 1);
      return {
        name,
        type,
        mtu: 'auto',
        'mac-address': mac,
        comment: 'defconf',
        'auto-mac': 'false',
        'admin-mac': adminMac,
      };
    }
    const port = { name, type, mtu: '1500', 'mac-address': mac, 'default-name': name };
    if (type === 'wifi' || type === 'wlan') return { ...port, ...radioDefaults(router, name, type, mac) };
    if (type !== 'ether') return port;
    return { ...port, 'orig-mac-address': mac, 'gives-power': String(givesPower(router.board, name)) };
  });
  if (!isAtLeast(router.version, LOOPBACK_SINCE)) return made;
  return [...made, { name: 'lo', type: 'loopback', mtu: '65536' }];
}
