import type { Item, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { formatDuration } from '../../../values/duration.ts';
import { text } from '../../../values/field-types.ts';
import { bridgeOf } from '../bridge-membership.ts';
import { noteLostClients } from '../links.ts';
import { namedItems } from '../named-items.ts';
import { clientsOf, dropClient, type WirelessClient } from '../wireless-clients.ts';
import { WIRELESS } from './wireless.ts';
import { isFiveGigahertz } from './wireless-commands.ts';

const PATH = `${WIRELESS}/registration-table`;

const FIELDS = [
  'ap',
  'authentication-type',
  'bridge',
  'bytes',
  'encryption',
  'frames',
  'group-encryption',
  'interface',
  'last-activity',
  'last-ip',
  'mac-address',
  'packets',
  'rx-rate',
  'signal-strength',
  'signal-to-noise',
  'tx-rate',
  'uptime',
  'wds',
];

/** The clients of radios. A removed one is cut off; nothing keeps it from coming back. */
export const wirelessRegistrations: MenuDefinition = {
  path: PATH,
  kind: 'list',
  rows: 'read-only',
  noun: 'client',
  fields: Object.fromEntries(FIELDS.map((name) => [name, { type: text, access: 'read-only' as const }])),
  derived: (router) =>
    router
      .items(WIRELESS)
      .flatMap((radio) => clientsOf(radio, router).map((client, number) => registration(radio, client, number, router)))
      .map((item, index) => ({ ...item, id: `*${(index + 1).toString(16).toUpperCase()}` })),
  commands: {
    remove: {
      policy: 'write',
      parameters: ['.id', 'numbers'],
      writes: true,
      run: (args, router) => {
        for (const { values } of namedItems(args, PATH, router)) {
          const radio = router.items(WIRELESS).find((item) => item.values['name'] === values['interface']);
          if (!radio) continue;
          dropClient(radio, values['mac-address'] ?? '', router);
          router.log('wireless,info', `${values['mac-address']}@${values['interface']}: disconnected, ok`);
        }
        noteLostClients(router);
        return { kind: 'done' };
      },
    },
  },
};

function registration(radio: Item, client: WirelessClient, number: number, router: RouterView): Item {
  const five = isFiveGigahertz(radio);
  const values = {
    ap: 'false',
    'authentication-type': 'wpa2-psk',
    bridge: 'false',
    bytes: `${client.txBytes},${client.rxBytes}`,
    encryption: 'aes-ccm',
    frames: `${client.txPackets},${client.rxPackets}`,
    'group-encryption': 'aes-ccm',
    interface: radio.values['name'] ?? '',
    'last-activity': '20ms',
    ...(bridgeOf(radio.id, router)
      ? { 'last-ip': `192.168.88.${200 + Number.parseInt(radio.id.slice(1), 16) + number}` }
      : {}),
    'mac-address': client.mac,
    packets: `${client.txPackets},${client.rxPackets}`,
    'rx-rate': five ? '780Mbps-80MHz/2S/SGI' : '130Mbps-20MHz/2S/SGI',
    'signal-strength': `${client.signal}@6Mbps`,
    'signal-to-noise': String(106 + client.signal),
    'tx-rate': five ? '866.6Mbps-80MHz/2S/SGI' : '144.4Mbps-20MHz/2S/SGI',
    uptime: formatDuration(Math.floor(client.uptimeMs / 1000) * 1000),
    wds: 'false',
  };
  return { id: '', dynamic: true, values, internal: {} };
}
