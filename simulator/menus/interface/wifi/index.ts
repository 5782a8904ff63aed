import type { MenuDefinition, RouterProfile } from '../../../engine/definition.ts';
import { isAtLeast } from '../../../engine/version.ts';
import { accessList } from './access-list.ts';
import { accessPoint, controller, remoteAccessPoints } from './capsman.ts';
import { multiPassphrases } from './multi-passphrase.ts';
import { profileMenus } from './profiles.ts';
import { provisioning } from './provisioning.ts';
import { radios } from './radio.ts';
import { registrationTable } from './registration-table.ts';
import { wifiInterfaces } from './wifi.ts';

/**
 * Do routers without a wifi driver have the menu, for its controller? The tree of a CHR with nothing but RouterOS has it
 * since 7.13.
 */
const CONTROLLER_WITHOUT_DRIVER = true;

const DRIVERS = ['wifi-qcom', 'wifi-qcom-ac'];

function hasWifi({ version, packages }: RouterProfile): boolean {
  return isAtLeast(version, '7.13') && (CONTROLLER_WITHOUT_DRIVER || DRIVERS.some((driver) => packages.has(driver)));
}

function hasWifiwave2({ packages }: RouterProfile): boolean {
  return packages.has('wifiwave2');
}

/** The same menus under two names: the driver's package was split and the menu renamed in 7.13. */
export const WIFI_MENUS: readonly MenuDefinition[] = [
  ...menusAt('/interface/wifi', hasWifi),
  ...menusAt('/interface/wifiwave2', hasWifiwave2),
];

function menusAt(root: string, available: (profile: RouterProfile) => boolean): MenuDefinition[] {
  const menus = [
    wifiInterfaces(root),
    ...profileMenus(root),
    accessList(root),
    accessPoint(root),
    controller(root),
    multiPassphrases(root),
    provisioning(root),
    radios(root),
    registrationTable(root),
    remoteAccessPoints(root),
  ];
  return menus.map((menu) => ({ ...menu, available }));
}
