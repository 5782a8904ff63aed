import type { Change, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { badRequest } from '../../engine/router-error.ts';
import { integer, reference, text } from '../../values/field-types.ts';
import { formatLocal } from '../../values/local-time.ts';
import { monitorTraffic } from './monitor-traffic.ts';
import { comment, computed, disabled } from '../row-fields.ts';

/** Every interface of the router, whatever its type. Rows are made and removed in the menus of their types. */
export const interfaces: MenuDefinition = {
  path: '/interface',
  kind: 'list',
  rows: 'fixed',
  nameField: 'name',
  noun: 'interface',
  fields: {
    'actual-mtu': computed((item) => (item.values['mtu'] === 'auto' ? '1500' : item.values['mtu'])),
    comment,
    'default-name': { type: text, access: 'read-only' },
    disabled,
    'fp-rx-byte': computed(() => '0'),
    'fp-rx-packet': computed(() => '0'),
    'fp-tx-byte': computed(() => '0'),
    'fp-tx-packet': computed(() => '0'),
    l2mtu: { type: integer(0, 65_535), default: '1598' },
    'last-link-down-time': { type: text, access: 'read-only' },
    'last-link-up-time': { type: text, access: 'read-only' },
    'link-downs': computed((item) => String(item.internal['linkDowns'] ?? 0)),
    'mac-address': { type: text, access: 'read-only' },
    'max-l2mtu': computed(() => '9796'),
    mtu: { type: integer(68, 65_535, ['auto']), default: '1500' },
    name: { type: text },
    running: computed((item) => String(isRunning(item))),
    'rx-byte': counter(1153),
    'rx-drop': computed(() => '0'),
    'rx-error': computed(() => '0'),
    'rx-packet': counter(7),
    'tx-byte': counter(2311),
    'tx-drop': computed(() => '0'),
    'tx-error': computed(() => '0'),
    'tx-packet': counter(9),
    'tx-queue-drop': computed(() => '0'),
    type: { type: text, access: 'read-only' },
  },
  seed: seedInterfaces,
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'already have interface with such name' : undefined,
  prepare: ({ after }) => {
    if (after['name'] === '') throw badRequest('invalid value for argument name');
  },
  applied: noteLinkState,
  commands: {
    'reset-counters': {
      policy: 'write',
      parameters: ['.id', 'numbers'],
      run: (args, router) => {
        const wanted = args.get('.id') ?? args.get('numbers');
        for (const item of router.items('/interface')) {
          if (wanted === undefined || item.id === wanted || item.values['name'] === wanted) {
            item.internal['countedFromMs'] = router.clock.uptimeMs();
          }
        }
        return { kind: 'done' };
      },
    },
    'monitor-traffic': monitorTraffic,
  },
  booted: (router) => {
    for (const item of router.items('/interface')) {
      item.internal['countedFromMs'] = 0;
      item.internal['linkDowns'] = 0;
      if (isRunning(item)) item.values['last-link-up-time'] = formatLocal(router.bootedAtMs(), router.timeZone());
    }
  },
};

/** A link works when the interface is enabled and something is plugged in. */
export function isRunning(item: Item): boolean {
  return item.values['disabled'] !== 'true' && item.internal['unplugged'] !== 1;
}

/** A reference to an interface by name. */
export const interfaceReference = reference('/interface');

function counter(ratePerSecond: number): MenuDefinition['fields'][string] {
  return computed((item, router) => {
    const seconds = (router.clock.uptimeMs() - (item.internal['countedFromMs'] ?? 0)) / 1000;
    return String(isRunning(item) ? Math.floor(Math.max(0, seconds) * ratePerSecond) : 0);
  });
}

function seedInterfaces(router: RouterView): Values[] {
  return router.board.interfaces.map(({ name, type }, position) => ({
    name,
    type,
    'mac-address': macAddress(router.index, position),
    ...(type === 'bridge' ? { mtu: 'auto' } : { 'default-name': name }),
  }));
}

function macAddress(routerIndex: number, position: number): string {
  const tail = (routerIndex * 64 + position + 1).toString(16).toUpperCase().padStart(6, '0');
  return `D4:01:C3:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}`;
}

function noteLinkState({ item, before, after }: Change, router: RouterView): void {
  if (!before || before['disabled'] === after['disabled']) return;
  const name = after['name'] ?? '';
  if (after['disabled'] === 'true') {
    item.internal['linkDowns'] = (item.internal['linkDowns'] ?? 0) + 1;
    router.log('interface,info', `${name} link down`);
  } else {
    item.internal['countedFromMs'] = router.clock.uptimeMs();
    router.log('interface,info', `${name} link up (speed 1G, full duplex)`);
  }
}
