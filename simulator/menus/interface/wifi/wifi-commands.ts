import type { CommandDefinition, Item, Row, RouterView } from '../../../engine/definition.ts';
import { noteLostClients } from '../links.ts';
import { neighbourMac } from '../made-macs.ts';
import { monitor, MONITOR_PARAMETERS } from '../../monitor.ts';
import { namedItems } from '../named-items.ts';
import { clientsOf, dropClients } from '../wireless-clients.ts';
import { channelOf, effective, isTwoGigahertz, waitsForController } from './radio-state.ts';

const ROWS = ['.id', 'numbers', 'number'];

/** Commands of radios. */
export function wifiCommands(root: string): Readonly<Record<string, CommandDefinition>> {
  return {
    monitor: {
      policy: 'read',
      parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
      run: (args, router, _caller, signal) => {
        const radios = namedItems(args, root, router);
        return monitor(args, router, signal, () => radios.map((radio) => state(radio, router)));
      },
    },
    scan: scanning(root, foundNetworks),
    'frequency-scan': scanning(root, foundChannels),
    'reset-mac-address': {
      policy: 'write',
      since: '7.18',
      parameters: ['.id', 'numbers'],
      run: (args, router, caller) => {
        for (const { id, values } of namedItems(args, root, router)) {
          const made = values['radio-mac'] ?? values['mac-address'] ?? '';
          void router.perform(
            caller,
            root,
            'set',
            new Map([
              ['.id', id],
              ['mac-address', made],
            ]),
          );
        }
        return { kind: 'done' };
      },
    },
    'wps-push-button': {
      policy: 'write',
      parameters: ['.id', 'numbers'],
      writes: true,
      run: (args, router) => {
        namedItems(args, root, router);
        return { kind: 'done' };
      },
    },
  };
}

/** A command for which the radio leaves its channel, so that its clients lose it. */
function scanning(root: string, find: (radio: Item, router: RouterView) => Row[]): CommandDefinition {
  return {
    policy: 'test',
    parameters: [...ROWS, 'duration', 'frequency', 'rounds', 'save-file', 'as-value', '.proplist'],
    run: (args, router, _caller, signal) => {
      const radios = namedItems(args, root, router);
      for (const radio of radios) dropClients(radio, router);
      noteLostClients(router);
      return monitor(args, router, signal, () => radios.flatMap((radio) => find(radio, router)));
    },
  };
}

function state(radio: Item, router: RouterView): Row {
  if (radio.values['disabled'] === 'true') return { state: 'disabled' };
  if (waitsForController(radio, router)) return { state: 'no-connection-to-capsman' };
  const peers = String(clientsOf(radio, router).length);
  return {
    'authorized-peers': peers,
    channel: channelOf(radio, router),
    'registered-peers': peers,
    state: 'running',
    'tx-power': effective(radio, 'configuration', 'tx-power', router) ?? (isTwoGigahertz(radio, router) ? '20' : '23'),
  };
}

const NEIGHBOURS = ['CafeGuest', 'Familie-Novak', 'office-5G', 'TP-Link_4C2A'];

function foundNetworks(radio: Item, router: RouterView): Row[] {
  const frequencies = isTwoGigahertz(radio, router) ? [2412, 2437, 2462] : [5180, 5260, 5500];
  return frequencies.map((frequency, number) => ({
    address: neighbourMac(router.index, 900 + number),
    channel: `${frequency}/ax`,
    security: 'WPA2-PSK,WPA3-PSK',
    signal: String(-61 - ((router.index * 3 + number * 7) % 25)),
    ssid: NEIGHBOURS[(router.index + number) % NEIGHBOURS.length] ?? '',
    'sta-count': String((router.index + number) % 6),
  }));
}

function foundChannels(radio: Item, router: RouterView): Row[] {
  const frequencies = isTwoGigahertz(radio, router) ? [2412, 2437, 2462] : [5180, 5260, 5500];
  return frequencies.map((frequency, number) => ({
    channel: String(frequency),
    load: String((router.index * 7 + number * 13) % 60),
    'max-signal': String(-61 - ((router.index * 3 + number * 7) % 25)),
    networks: String(1 + ((router.index + number) % 3)),
    nf: '-104',
  }));
}
