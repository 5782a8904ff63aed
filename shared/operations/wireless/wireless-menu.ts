import { toSeconds } from '../../routeros/durations.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toNumber, toRequiredText } from '../../routeros/values.ts';
import { radioStates } from './radio-states.ts';
import { WIRELESS } from './wireless-menus.ts';
import type { WirelessClientRow, WirelessInterfaceRow } from './wireless-shapes.ts';
import {
  bandOf,
  clientFacts,
  countByInterface,
  frequencyOf,
  masterOf,
  powerOf,
  radioOf,
  signalOf,
} from './wireless-values.ts';

const REGISTRATIONS = `${WIRELESS}/registration-table`;
const CAP = `${WIRELESS}/cap`;
export const WIRELESS_PATHS = [WIRELESS, REGISTRATIONS, CAP];

const INTERFACE_FIELDS = [
  'name',
  'default-name',
  'comment',
  'disabled',
  'running',
  'mac-address',
  'master-interface',
  'mode',
  'ssid',
  'band',
];
const CLIENT_FIELDS = [
  'mac-address',
  'interface',
  'signal-strength',
  'signal-to-noise',
  'tx-rate',
  'rx-rate',
  'bytes',
  'uptime',
  'last-activity',
  'last-ip',
  'authentication-type',
  'vlan-id',
];

/** Interfaces of the driver before 802.11ax. */
export async function wirelessInterfaces(router: Router): Promise<WirelessInterfaceRow[]> {
  const rows = await router.list(WIRELESS, { fields: INTERFACE_FIELDS });
  if (rows.length === 0) return [];
  const clients = countByInterface(await router.list(REGISTRATIONS, { fields: ['interface'] }));
  const cap = await router.get(CAP);
  const controlled = new Set(toBoolean(cap['enabled']) ? toList(cap['interfaces']) : []);
  const states = await radioStates(router, WIRELESS, ownRadios(rows));
  return rows.map((row) => {
    const name = toRequiredText(row['name'], 'name');
    const radio = radioOf(name, rows) ?? row;
    const state = states.get(radio['name'] ?? '') ?? {};
    const { channel } = state;
    return {
      name,
      menu: WIRELESS,
      comment: row['comment'] ?? null,
      enabled: !toBoolean(row['disabled']),
      running: toBoolean(row['running']),
      state: state['status'] ?? null,
      masterInterface: masterOf(row),
      macAddress: row['mac-address'] ?? null,
      mode: row['mode'] ?? null,
      ssid: row['ssid'] ?? null,
      band: bandOf(channel) ?? bandOf(radio['band']),
      channel: channel ?? null,
      frequencyMhz: frequencyOf(channel),
      txPowerDbm: powerOf(channel),
      clients: clients.get(name) ?? 0,
      controlledByCapsman: controlled.has(name),
      accessPoint: null,
    };
  });
}

/** Clients of its radios. Their networks are those of the interfaces. */
export async function wirelessClients(router: Router): Promise<WirelessClientRow[]> {
  const registrations = await router.list(REGISTRATIONS, { fields: CLIENT_FIELDS });
  if (registrations.length === 0) return [];
  const interfaces = await router.list(WIRELESS, { fields: ['name', 'ssid', 'band', 'master-interface'] });
  return registrations.map((row) => {
    const at = toRequiredText(row['interface'], 'interface');
    return {
      ...clientFacts(row),
      interface: at,
      accessPoint: null,
      ssid: interfaces.find((candidate) => candidate['name'] === at)?.['ssid'] ?? null,
      band: bandOf(radioOf(at, interfaces)?.['band']),
      signalDbm: signalOf(row['signal-strength']),
      signalToNoiseDb: toNumber(row['signal-to-noise']),
      lastActivitySeconds: toSeconds(row['last-activity']),
      authentication: row['authentication-type'] ?? null,
      ipAddress: row['last-ip'] ?? null,
      hostName: null,
    };
  });
}

function ownRadios(rows: readonly RouterRecord[]): RouterRecord[] {
  return rows.filter((row) => masterOf(row) === null && !toBoolean(row['disabled']));
}
