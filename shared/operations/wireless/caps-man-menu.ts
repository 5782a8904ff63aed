import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toRequiredText } from '../../routeros/values.ts';
import { CAPS_MAN } from './wireless-menus.ts';
import type { AccessPointRow, WirelessClientRow, WirelessInterfaceRow } from './wireless-shapes.ts';
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

const MANAGER = `${CAPS_MAN}/manager`;
const INTERFACE = `${CAPS_MAN}/interface`;
const CONFIGURATION = `${CAPS_MAN}/configuration`;
const RADIO = `${CAPS_MAN}/radio`;
const REMOTE_CAP = `${CAPS_MAN}/remote-cap`;
const REGISTRATIONS = `${CAPS_MAN}/registration-table`;
export const CAPS_MAN_PATHS = [MANAGER, INTERFACE, CONFIGURATION, RADIO, REMOTE_CAP, REGISTRATIONS];

const INTERFACE_FIELDS = [
  'name',
  'comment',
  'disabled',
  'running',
  'mac-address',
  'radio-mac',
  'master-interface',
  'configuration',
  'configuration.ssid',
  'current-channel',
  'current-state',
];
const RADIO_FIELDS = ['radio-mac', 'interface', 'remote-cap-name', 'remote-cap-identity'];
const REMOTE_CAP_FIELDS = ['name', 'identity', 'state', 'address', 'base-mac', 'board', 'serial', 'version'];
const CLIENT_FIELDS = [
  'mac-address',
  'interface',
  'ssid',
  'rx-signal',
  'tx-rate',
  'rx-rate',
  'bytes',
  'uptime',
  'last-ip',
  'vlan-id',
];

/** Interfaces of the older controller, for radios of its access points. */
export async function capsManInterfaces(router: Router): Promise<WirelessInterfaceRow[]> {
  const rows = await router.list(INTERFACE, { fields: INTERFACE_FIELDS });
  if (rows.length === 0) return [];
  const profiles = await router.list(CONFIGURATION, { fields: ['name', 'ssid'] });
  const radios = await router.list(RADIO, { fields: RADIO_FIELDS });
  const clients = countByInterface(await router.list(REGISTRATIONS, { fields: ['interface'] }));
  return rows.map((row) => {
    const name = toRequiredText(row['name'], 'name');
    const profile = profiles.find((candidate) => candidate['name'] === row['configuration']);
    const radio = radioOf(name, rows) ?? row;
    const channel = radio['current-channel'] || undefined;
    return {
      name,
      menu: INTERFACE,
      comment: row['comment'] ?? null,
      enabled: !toBoolean(row['disabled']),
      running: toBoolean(row['running']),
      state: row['current-state'] || null,
      masterInterface: masterOf(row),
      macAddress: row['mac-address'] ?? null,
      mode: 'ap',
      ssid: row['configuration.ssid'] ?? profile?.['ssid'] ?? null,
      band: bandOf(channel),
      channel: channel ?? null,
      frequencyMhz: frequencyOf(channel),
      txPowerDbm: powerOf(channel),
      clients: clients.get(name) ?? 0,
      controlledByCapsman: false,
      accessPoint: capName(capRadioOf(name, rows, radios)),
    };
  });
}

/** Clients of the access points of the older controller. */
export async function capsManClients(router: Router): Promise<WirelessClientRow[]> {
  const registrations = await router.list(REGISTRATIONS, { fields: CLIENT_FIELDS });
  if (registrations.length === 0) return [];
  const fields = ['name', 'radio-mac', 'master-interface', 'current-channel'];
  const interfaces = await router.list(INTERFACE, { fields });
  const radios = await router.list(RADIO, { fields: RADIO_FIELDS });
  return registrations.map((row) => {
    const at = toRequiredText(row['interface'], 'interface');
    return {
      ...clientFacts(row),
      interface: at,
      accessPoint: capName(capRadioOf(at, interfaces, radios)),
      ssid: row['ssid'] ?? null,
      band: bandOf(radioOf(at, interfaces)?.['current-channel']),
      signalDbm: signalOf(row['rx-signal']),
      signalToNoiseDb: null,
      lastActivitySeconds: null,
      authentication: null,
      ipAddress: row['last-ip'] ?? null,
      hostName: null,
    };
  });
}

/** The access points that the older controller looks after. */
export async function capsManAccessPoints(router: Router): Promise<AccessPointRow[]> {
  const caps = await router.list(REMOTE_CAP, { fields: REMOTE_CAP_FIELDS });
  if (caps.length === 0) return [];
  const radios = await router.list(RADIO, { fields: RADIO_FIELDS });
  const interfaces = await router.list(INTERFACE, { fields: ['name', 'radio-mac', 'master-interface'] });
  const registrations = await router.list(REGISTRATIONS, { fields: ['interface'] });
  return caps.map((row) => {
    const isOf = (radio: RouterRecord | undefined): boolean =>
      radio?.['remote-cap-name'] !== undefined && radio['remote-cap-name'] === row['name'];
    return {
      identity: row['identity'] ?? null,
      menu: CAPS_MAN,
      name: row['name'] ?? null,
      state: row['state'] ?? null,
      address: row['address'] ?? null,
      macAddress: row['base-mac'] ?? null,
      board: row['board'] ?? null,
      serialNumber: row['serial'] ?? null,
      version: row['version'] ?? null,
      connectedSeconds: null,
      uptimeSeconds: null,
      radios: radios
        .filter(isOf)
        .map((radio) => ({ macAddress: radio['radio-mac'] ?? '', interface: radio['interface'] || null })),
      clients: registrations.filter((client) => isOf(capRadioOf(client['interface'] ?? '', interfaces, radios))).length,
    };
  });
}

export async function isCapsManEnabled(router: Router): Promise<boolean> {
  return toBoolean((await router.get(MANAGER))['enabled']);
}

/** The radio of an interface, which names its access point; the router's own radios name none. */
function capRadioOf(
  name: string,
  interfaces: readonly RouterRecord[],
  radios: readonly RouterRecord[],
): RouterRecord | undefined {
  const master = radioOf(name, interfaces);
  return radios.find(
    (radio) =>
      (radio['interface'] !== undefined && radio['interface'] === master?.['name']) ||
      (radio['radio-mac'] !== undefined && radio['radio-mac'] === master?.['radio-mac']),
  );
}

function capName(radio: RouterRecord | undefined): string | null {
  return radio?.['remote-cap-identity'] || radio?.['remote-cap-name'] || null;
}
