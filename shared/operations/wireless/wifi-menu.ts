import { toSeconds } from '../../routeros/durations.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toNumber, toRequiredText } from '../../routeros/values.ts';
import { radioStates } from './radio-states.ts';
import { WIFI_MENUS, type WifiMenu } from './wireless-menus.ts';
import type { AccessPointRow, WirelessClientRow, WirelessInterfaceRow } from './wireless-shapes.ts';
import { bandOf, clientFacts, countByInterface, frequencyOf, masterOf, radioOf, signalOf } from './wireless-values.ts';

export const WIFI_PATHS = WIFI_MENUS.flatMap((menu) => [
  menu,
  `${menu}/configuration`,
  `${menu}/registration-table`,
  `${menu}/radio`,
  `${menu}/capsman`,
  `${menu}/capsman/remote-cap`,
]);

const PROFILE_FIELDS = ['name', 'mode', 'ssid', 'manager'];
const INTERFACE_FIELDS = [
  'name',
  'default-name',
  'comment',
  'disabled',
  'running',
  'cap',
  'mac-address',
  'master-interface',
  'configuration',
  'configuration.mode',
  'configuration.ssid',
  'configuration.manager',
  'channel.band',
  'channel.frequency',
];
const CLIENT_FIELDS = [
  'mac-address',
  'interface',
  'ssid',
  'band',
  'signal',
  'tx-rate',
  'rx-rate',
  'bytes',
  'uptime',
  'last-activity',
  'auth-type',
  'dhcp-address',
  'dhcp-hostname',
  'vlan-id',
];

/** Interfaces of the newer drivers: radios of the router, and of access points it controls. */
export async function wifiInterfaces(router: Router, menu: WifiMenu): Promise<WirelessInterfaceRow[]> {
  const rows = await router.list(menu, { fields: INTERFACE_FIELDS });
  if (rows.length === 0) return [];
  const profiles = await router.list(`${menu}/configuration`, { fields: PROFILE_FIELDS });
  const clients = countByInterface(await router.list(`${menu}/registration-table`, { fields: ['interface'] }));
  const states = await radioStates(router, menu, ownRadios(rows));
  return rows.map((row) => {
    const name = toRequiredText(row['name'], 'name');
    const radio = radioOf(name, rows) ?? row;
    const profile = profiles.find((candidate) => candidate['name'] === row['configuration']);
    const state = states.get(radio['name'] ?? '') ?? {};
    return {
      name,
      menu,
      comment: row['comment'] ?? null,
      enabled: !toBoolean(row['disabled']),
      running: toBoolean(row['running']),
      state: state['state'] ?? null,
      masterInterface: masterOf(row),
      macAddress: row['mac-address'] ?? null,
      mode: row['configuration.mode'] ?? profile?.['mode'] ?? 'ap',
      ssid: row['configuration.ssid'] ?? profile?.['ssid'] ?? null,
      band: bandOf(state['channel']) ?? bandOf(radio['channel.band']) ?? bandOf(radio['channel.frequency']),
      channel: state['channel'] ?? null,
      frequencyMhz: frequencyOf(state['channel']),
      txPowerDbm: toNumber(state['tx-power']),
      clients: clients.get(name) ?? 0,
      controlledByCapsman: (row['configuration.manager'] ?? profile?.['manager'] ?? '').startsWith('capsman'),
      accessPoint: capOf(radio)?.identity ?? null,
    };
  });
}

/** Clients of all its radios, and of those of access points it controls. */
export async function wifiClients(router: Router, menu: WifiMenu): Promise<WirelessClientRow[]> {
  const registrations = await router.list(`${menu}/registration-table`, { fields: CLIENT_FIELDS });
  if (registrations.length === 0) return [];
  const interfaces = await router.list(menu, { fields: ['name', 'cap', 'master-interface'] });
  return registrations.map((row) => {
    const at = toRequiredText(row['interface'], 'interface');
    return {
      ...clientFacts(row),
      interface: at,
      accessPoint: capOf(radioOf(at, interfaces))?.identity ?? null,
      ssid: row['ssid'] ?? null,
      band: bandOf(row['band']),
      signalDbm: signalOf(row['signal']),
      signalToNoiseDb: null,
      lastActivitySeconds: toSeconds(row['last-activity']),
      authentication: row['auth-type'] ?? null,
      ipAddress: row['dhcp-address'] ?? null,
      hostName: row['dhcp-hostname'] ?? null,
    };
  });
}

/** The access points that its controller looks after. */
export async function wifiAccessPoints(router: Router, menu: WifiMenu): Promise<AccessPointRow[]> {
  // Some versions leave fields out of this menu when only some are asked for; it has no secrets.
  const caps = await router.list(`${menu}/capsman/remote-cap`);
  if (caps.length === 0) return [];
  const interfaces = await router.list(menu, { fields: ['name', 'cap', 'master-interface'] });
  const radios = await router.list(`${menu}/radio`, { fields: ['radio-mac', 'interface', 'cap'] });
  const registrations = await router.list(`${menu}/registration-table`, { fields: ['interface'] });
  return caps.map((row) => ({
    identity: row['identity'] ?? null,
    menu: `${menu}/capsman`,
    name: row['common-name'] || null,
    state: row['state'] ?? null,
    address: row['address'] ?? null,
    macAddress: row['base-mac'] ?? null,
    board: row['board-name'] ?? null,
    serialNumber: row['serial'] ?? null,
    version: row['version'] ?? null,
    connectedSeconds: toSeconds(row['connected-time']),
    uptimeSeconds: toSeconds(row['uptime']),
    radios: radios
      .filter((radio) => isOf(radio, row))
      .map((radio) => ({ macAddress: radio['radio-mac'] ?? '', interface: radio['interface'] || null })),
    clients: registrations.filter((client) => isOf(radioOf(client['interface'] ?? '', interfaces), row)).length,
  }));
}

/** Whether a controller is on: `yes` or `no`, or a boolean in newer versions. */
export async function isWifiCapsmanEnabled(router: Router, menu: WifiMenu): Promise<boolean> {
  return toBoolean((await router.get(`${menu}/capsman`))['enabled']);
}

/** The router's own radios: those of others it cannot ask. */
function ownRadios(rows: readonly RouterRecord[]): RouterRecord[] {
  return rows.filter((row) => row['default-name'] !== undefined && !toBoolean(row['disabled']));
}

interface Cap {
  identity: string;
  macAddress: string;
}

/** The access point of a radio, which the router writes as `identity@48:A9:8A:00:00:01%*41`; null for its own ones. */
function capOf(row: RouterRecord | undefined): Cap | null {
  const match = /^(.+)@([^@%]+)(?:%.*)?$/s.exec(row?.['cap'] ?? '');
  return match ? { identity: match[1] ?? '', macAddress: (match[2] ?? '').toUpperCase() } : null;
}

function isOf(radio: RouterRecord | undefined, accessPoint: RouterRecord): boolean {
  const cap = capOf(radio);
  if (cap === null) return false;
  const macAddress = accessPoint['base-mac']?.toUpperCase();
  return macAddress === undefined ? cap.identity === accessPoint['identity'] : cap.macAddress === macAddress;
}
