import type { CommandDefinition, Field, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { formatDuration } from '../../values/duration.ts';
import { text } from '../../values/field-types.ts';
import { matchesPattern } from '../../values/pattern.ts';
import { NO_MAC } from '../interface/mac-addresses.ts';
import { hexOctets } from '../interface/made-macs.ts';
import { namedItems } from '../interface/named-items.ts';
import { type ControlledRadio, provisionRadios } from '../interface/provision-radios.ts';
import { clientsOf, dropClient } from '../interface/wireless-clients.ts';
import { noteLostClients } from '../interface/links.ts';

const INTERFACES = '/caps-man/interface';
const REMOTE_CAPS = '/caps-man/remote-cap';
const RADIOS = '/caps-man/radio';
const REGISTRATIONS = '/caps-man/registration-table';
const IDENTITY = 'cap-attic';

/** The access points of the controller, their radios and clients: one stands behind every router. */
export const CAPS_MAN_GUESTS: readonly MenuDefinition[] = [
  {
    ...readOnly(REMOTE_CAPS, [
      'address',
      'base-mac',
      'board',
      'identity',
      'name',
      'radios',
      'serial',
      'state',
      'version',
    ]),
    derived: (router) => (isOn(router) ? [row('*2', accessPoint(router))] : []),
    commands: {
      provision: provisions(REMOTE_CAPS),
      remove: provisions(REMOTE_CAPS),
      'set-identity': { ...provisions(REMOTE_CAPS), parameters: ['.id', 'numbers', 'identity'] },
      upgrade: provisions(REMOTE_CAPS),
    },
  },
  {
    ...readOnly(RADIOS, ['interface', 'local', 'provisioned', 'radio-mac', 'remote-cap-identity', 'remote-cap-name']),
    derived: (router) => radiosOf(router).map((radio, index) => row(`*${index + 1}`, radioValues(radio, router))),
    commands: { provision: provisions(RADIOS) },
  },
  {
    ...readOnly(REGISTRATIONS, [
      'bytes',
      'interface',
      'mac-address',
      'packets',
      'rx-rate',
      'rx-signal',
      'ssid',
      'tx-rate',
      'tx-rate-set',
      'uptime',
    ]),
    noun: 'client',
    derived: registrations,
    commands: { remove: { policy: 'write', parameters: ['.id', 'numbers'], writes: true, run: removeClients } },
  },
];

/** What a radio does, on the row of its interface; absent while it has none. */
export const CURRENT_FIELDS: Readonly<Record<string, Field>> = {
  'current-authorized-clients': current((item, router) => String(clientsOf(item, router).length)),
  'current-channel': current((item) => (isTwoGigahertz(item) ? '2437/20-Ce/gn(17dBm)' : '5180/20-Ceee/ac(20dBm)')),
  'current-registered-clients': current((item, router) => String(clientsOf(item, router).length)),
  'current-state': current(() => 'running-ap'),
};

/** Gives radios that came their interfaces: all of them, or those with `macs`. */
export function provision(router: RouterView, macs?: readonly string[]): void {
  const controller = { menu: INTERFACES, type: 'cap', namePrefix: 'cap', rules: '/caps-man/provisioning', matches };
  provisionRadios(controller, radiosOf(router), router, macs);
}

export const isControlled = (item: Item): boolean => item.internal['controlled'] === 1;
const isTwoGigahertz = (item: Item): boolean => item.internal['twoGigahertz'] === 1;
const isOn = (router: RouterView): boolean => router.singleton('/caps-man/manager')['enabled'] === 'true';

function current(show: (item: Item, router: RouterView) => string): Field {
  return {
    type: text,
    compute: (item, router) =>
      isControlled(item) && item.values['disabled'] !== 'true' ? show(item, router) : undefined,
  };
}

function matches(rule: Values, { mac, isTwoGigahertz: isTwo, identity }: ControlledRadio): boolean {
  const wanted = rule['radio-mac'];
  const modes = (rule['hw-supported-modes'] ?? '').split(',').filter((mode) => mode !== '');
  const own = isTwo ? ['b', 'g', 'gn'] : ['a', 'an', 'ac'];
  if (wanted !== undefined && wanted !== NO_MAC && wanted !== mac) return false;
  if (modes.length > 0 && !modes.some((mode) => own.includes(mode))) return false;
  return matchesPattern(rule['identity-regexp'] ?? '', identity);
}

function macOf(router: RouterView, port: number): string {
  return `CC:2D:E0:${hexOctets(router.index * 64 + port, 3)}`;
}

function radiosOf(router: RouterView): ControlledRadio[] {
  if (!isOn(router)) return [];
  return [
    { mac: macOf(router, 2), isTwoGigahertz: true, identity: IDENTITY },
    { mac: macOf(router, 3), isTwoGigahertz: false, identity: IDENTITY },
  ];
}

function accessPoint(router: RouterView): Values {
  const mac = macOf(router, 0);
  return {
    address: `${mac}/${27_044 + router.index}`,
    'base-mac': mac,
    board: 'RBcAPGi-5acD2nD',
    identity: IDENTITY,
    name: `[${mac}]`,
    radios: '2',
    serial: `BECD${hexOctets(router.index, 3).replaceAll(':', '')}`,
    state: 'Run',
    version: router.version,
  };
}

function radioValues(radio: ControlledRadio, router: RouterView): Values {
  const bound = router.items(INTERFACES).find(({ values }) => values['radio-mac'] === radio.mac);
  return {
    ...(bound ? { interface: bound.values['name'] ?? '' } : {}),
    local: 'false',
    provisioned: String(bound !== undefined),
    'radio-mac': radio.mac,
    'remote-cap-identity': radio.identity,
    'remote-cap-name': `[${macOf(router, 0)}]`,
  };
}

function registrations(router: RouterView): Item[] {
  return router
    .items(INTERFACES)
    .flatMap((item) => clientsOf(item, router).map((client) => ({ item, client })))
    .map(({ item, client }, index) =>
      row(`*${(index + 1).toString(16).toUpperCase()}`, {
        bytes: `${client.txBytes},${client.rxBytes}`,
        interface: item.values['name'] ?? '',
        'mac-address': client.mac,
        packets: `${client.txPackets},${client.rxPackets}`,
        'rx-rate': isTwoGigahertz(item) ? '130Mbps-20MHz/2S/SGI' : '780Mbps-80MHz/2S/SGI',
        'rx-signal': String(client.signal),
        ssid: ssidOf(item, router),
        'tx-rate': isTwoGigahertz(item) ? '144.4Mbps-20MHz/2S/SGI' : '866.6Mbps-80MHz/2S/SGI',
        'tx-rate-set': 'OFDM:6-54 BW:1x-4x SGI:1x-4x HT:0-15',
        uptime: formatDuration(Math.floor(client.uptimeMs / 1000) * 1000),
      }),
    );
}

function ssidOf(item: Item, router: RouterView): string {
  const profile = router.items('/caps-man/configuration').find(({ id }) => id === item.values['configuration']);
  return item.values['configuration.ssid'] ?? profile?.values['ssid'] ?? '';
}

function removeClients(args: ReadonlyMap<string, string>, router: RouterView): { kind: 'done' } {
  for (const { values } of namedItems(args, REGISTRATIONS, router)) {
    const item = router.items(INTERFACES).find((candidate) => candidate.values['name'] === values['interface']);
    if (item) dropClient(item, values['mac-address'] ?? '', router);
  }
  noteLostClients(router);
  return { kind: 'done' };
}

/** An access point that is cut off or restarts comes back at once, and is provisioned as one that is new. */
function provisions(path: string): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      const macs = namedItems(args, path, router).flatMap(({ values }) => values['radio-mac'] ?? []);
      provision(router, macs.length > 0 ? macs : undefined);
      return { kind: 'done' };
    },
  };
}

function readOnly(path: string, fields: readonly string[]): MenuDefinition {
  return {
    path,
    kind: 'list',
    rows: 'read-only',
    fields: Object.fromEntries(fields.map((name) => [name, { type: text, access: 'read-only' as const }])),
  };
}

function row(id: string, values: Values): Item {
  return { id, dynamic: true, values, internal: {} };
}
