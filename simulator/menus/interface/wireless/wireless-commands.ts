import type { CommandDefinition, Item, Row, RouterView } from '../../../engine/definition.ts';
import { noteLostClients } from '../links.ts';
import { neighbourMac } from '../made-macs.ts';
import { monitor, MONITOR_PARAMETERS } from '../../monitor.ts';
import { namedItems } from '../named-items.ts';
import { clientsOf, dropClients } from '../wireless-clients.ts';

/** Commands of radios before 802.11ax. */
export function wirelessCommands(path: string): Readonly<Record<string, CommandDefinition>> {
  return {
    monitor: {
      policy: 'read',
      parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
      run: (args, router, _caller, signal) => {
        const shown = namedItems(args, path, router);
        return monitor(args, router, signal, () => shown.map((radio) => state(radio, router)));
      },
    },
    scan: {
      policy: 'test',
      parameters: ['.id', 'numbers', 'number', 'background', 'duration', 'passive', 'rounds', 'as-value', '.proplist'],
      run: (args, router, _caller, signal) => {
        const scanning = namedItems(args, path, router);
        if (args.get('background') !== 'yes' && args.get('background') !== 'true') {
          for (const radio of scanning) dropClients(radio, router);
          noteLostClients(router);
        }
        return monitor(args, router, signal, () => scanning.flatMap((radio) => networks(radio, router)));
      },
    },
    'wps-push-button': {
      policy: 'write',
      parameters: ['.id', 'numbers'],
      writes: true,
      run: (args, router) => {
        namedItems(args, path, router);
        return { kind: 'done' };
      },
    },
  };
}

/** Does the radio work in the 5 GHz band? */
export function isFiveGigahertz(radio: Item): boolean {
  return radio.values['band']?.startsWith('5ghz') ?? radio.values['default-name'] === 'wlan2';
}

function state(radio: Item, router: RouterView): Row {
  if (radio.values['disabled'] === 'true') return { status: 'disabled' };
  const clients = String(clientsOf(radio, router).length);
  const channel = isFiveGigahertz(radio) ? '5180/20-Ceee/ac(17dBm)' : '2437/20-Ce/gn(17dBm)';
  return {
    'authenticated-clients': clients,
    channel,
    'noise-floor': isFiveGigahertz(radio) ? '-108' : '-104',
    'overall-tx-ccq': '91',
    'registered-clients': clients,
    status: 'running-ap',
    'wireless-protocol': '802.11',
  };
}

function networks(radio: Item, router: RouterView): Row[] {
  const frequencies = isFiveGigahertz(radio) ? [5180, 5260, 5500] : [2412, 2437, 2462];
  return frequencies.map((frequency, number) => ({
    address: neighbourMac(router.index, 900 + number),
    channel: `${frequency}/20/${isFiveGigahertz(radio) ? 'ac' : 'gn'}`,
    nf: '-104',
    'radio-name': '',
    'router-os': 'false',
    sig: String(-61 - ((router.index * 3 + number * 7) % 25)),
    snr: String(43 - ((router.index * 3 + number * 7) % 25)),
    ssid: ['CafeGuest', 'Familie-Novak', 'TP-Link_4C2A'][number] ?? '',
  }));
}
