import type { Item, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { formatDuration } from '../../../values/duration.ts';
import { text } from '../../../values/field-types.ts';
import { dropClient, clientsOf, type WirelessClient } from '../wireless-clients.ts';
import { noteLostClients } from '../links.ts';
import { namedItems } from '../named-items.ts';
import { effective, isTwoGigahertz, waitsForController } from './radio-state.ts';

/** The clients of radios. A removed one is cut off; nothing keeps it from coming back. */
export function registrationTable(root: string): MenuDefinition {
  const path = `${root}/registration-table`;
  return {
    path,
    kind: 'list',
    rows: 'read-only',
    noun: 'client',
    fields: Object.fromEntries(FIELDS.map((name) => [name, { type: text, access: 'read-only' as const }])),
    derived: (router) =>
      router
        .items(root)
        .filter((radio) => !waitsForController(radio, router))
        .flatMap((radio) => clientsOf(radio, router).map((client) => registration(radio, client, router)))
        .map((item, index) => ({ ...item, id: `*${(index + 1).toString(16).toUpperCase()}` })),
    commands: {
      remove: {
        policy: 'write',
        parameters: ['.id', 'numbers'],
        writes: true,
        run: (args, router) => {
          for (const { values } of namedItems(args, path, router)) {
            const radio = router.items(root).find((item) => item.values['name'] === values['interface']);
            if (!radio) continue;
            dropClient(radio, values['mac-address'] ?? '', router);
            router.log(
              'wireless,info',
              `${values['mac-address']}@${values['interface']} disconnected, administratively disconnected, signal strength ${values['signal']}`,
            );
          }
          noteLostClients(router);
          return { kind: 'done' };
        },
      },
    },
  };
}

const FIELDS = [
  'auth-type',
  'authorized',
  'band',
  'bytes',
  'interface',
  'last-activity',
  'mac-address',
  'packets',
  'rx-bits-per-second',
  'rx-rate',
  'signal',
  'ssid',
  'tx-bits-per-second',
  'tx-rate',
  'uptime',
];

function registration(radio: Item, client: WirelessClient, router: RouterView): Item {
  const twoGigahertz = isTwoGigahertz(radio, router);
  const isControlled = radio.internal['controlled'] === 1;
  const rate = twoGigahertz ? 286_800_000 : 1_200_900_000;
  const authentication = effective(radio, 'security', 'authentication-types', router)?.split(',').at(-1) ?? 'open';
  const values = {
    'auth-type': authentication,
    authorized: 'true',
    band: twoGigahertz ? '2ghz-ax' : '5ghz-ax',
    // Access points tell their controller nothing of traffic.
    bytes: isControlled ? '0,0' : `${client.txBytes},${client.rxBytes}`,
    interface: radio.values['name'] ?? '',
    'last-activity': '0ms',
    'mac-address': client.mac,
    packets: isControlled ? '0,0' : `${client.txPackets},${client.rxPackets}`,
    'rx-bits-per-second': String(client.rxBitsPerSecond),
    'rx-rate': String(rate - Math.abs(client.signal) * 1_000_000),
    signal: String(client.signal),
    ssid: effective(radio, 'configuration', 'ssid', router) ?? '',
    'tx-bits-per-second': String(client.txBitsPerSecond),
    'tx-rate': String(rate),
    uptime: formatDuration(Math.floor(client.uptimeMs / 1000) * 1000),
  };
  return { id: '', dynamic: true, values, internal: {} };
}
