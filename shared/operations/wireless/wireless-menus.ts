import { AppError } from '../../errors/app-error.ts';
import type { RouterFacts } from '../../routeros/facts.ts';
import type { Router } from '../../routeros/router.ts';
import { compareVersions, type RouterVersion } from '../../routeros/version.ts';

export const WIRELESS = '/interface/wireless';
export const CAPS_MAN = '/caps-man';
/** The menus of the newer drivers: it was renamed in 7.13. */
export type WifiMenu = '/interface/wifi' | '/interface/wifiwave2';
const WIFI: WifiMenu = '/interface/wifi';
export const WIFI_MENUS: readonly WifiMenu[] = [WIFI, '/interface/wifiwave2'];

/** The driver of a router's own radios; a router without any may still control those of others. */
export const DRIVERS = ['wifi', 'wifiwave2', 'wireless', 'none'] as const;
export type Driver = (typeof DRIVERS)[number];

/** How something is read from each kind of menu. */
export interface WirelessReaders<Row> {
  wifi: (router: Router, menu: WifiMenu) => Promise<Row[]>;
  wireless: (router: Router) => Promise<Row[]>;
  capsMan: (router: Router) => Promise<Row[]>;
}

/** What the menus hold that this router has: of its own radios, and of those it controls. */
export async function readWireless<Row>(
  router: Router,
  readers: WirelessReaders<Row>,
): Promise<{ driver: Driver; rows: Row[] }> {
  const facts = await router.facts();
  const rows: Row[] = [];
  if (facts.radios === '/interface/wifi' || facts.radios === '/interface/wifiwave2') {
    rows.push(...(await readers.wifi(router, facts.radios)));
  } else if (mayControlWifi(facts)) {
    rows.push(...(await unlessAbsent(readers.wifi(router, WIFI))));
  }
  if (facts.radios === WIRELESS) rows.push(...(await readers.wireless(router)));
  if (facts.hasLegacyCapsman) rows.push(...(await readers.capsMan(router)));
  return { driver: driverOf(facts), rows };
}

function driverOf({ radios }: RouterFacts): Driver {
  if (radios === null) return 'none';
  return radios === WIRELESS ? 'wireless' : radios === WIFI ? 'wifi' : 'wifiwave2';
}

/** Since 7.13 the controller of the newer access points is part of RouterOS itself, for routers without radios too. */
function mayControlWifi({ version }: RouterFacts): boolean {
  return compareVersions({ ...version, preRelease: null }, CONTROLLER_FROM) >= 0;
}

const CONTROLLER_FROM: RouterVersion = { major: 7, minor: 13, patch: 0, preRelease: null, channel: null };

/** No board without radios is bound to have it. */
async function unlessAbsent<Row>(rows: Promise<Row[]>): Promise<Row[]> {
  try {
    return await rows;
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_UNSUPPORTED') return [];
    throw error;
  }
}
