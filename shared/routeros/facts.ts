import type { RouterVersion } from './version.ts';

/**
 * What one router is and can, detected once a boot, so that an operation chooses its path instead of guessing. Menus that
 * follow from these are named in the comments.
 */
export interface RouterFacts {
  version: RouterVersion;
  /** `hAP ax^2`, `CHR`; null when the router does not say. */
  board: string | null;
  architecture: string | null;
  /** It has `/system/routerboard`; virtual and PC routers have none. */
  isRouterBoard: boolean;
  /** Installed and enabled packages by name. */
  packages: readonly string[];
  /** The menu of its radios; null when no driver for radios is there. */
  radios: '/interface/wifi' | '/interface/wifiwave2' | '/interface/wireless' | null;
  /** The CAPsMAN of the older drivers, `/caps-man`; the newer ones' is part of `/interface/wifi`. */
  hasLegacyCapsman: boolean;
  /** `list`: rows with `name`, `value` and `type`; `record`: fields of one record; null: no such menu. */
  health: 'list' | 'record' | null;
  /** `/safe-mode` tells whether somebody holds it. */
  hasSafeMode: boolean;
  /** The command of `/user/active` that ends a session. */
  logout: 'request-logout' | 'remove';
  /** `/ip/service/webserver` can switch REST off while its service is on. */
  hasWebserverSwitches: boolean;
  /** The field of a BGP connection that names its address families. */
  bgpFamilies: 'afi' | 'address-families';
  /** `/execute` can answer with what a script prints. */
  hasExecuteAsString: boolean;
  /** `:serialize` makes JSON of what a script prints. */
  hasSerialize: boolean;
  /** `home`, `advanced` …; null when the router has no modes. */
  deviceMode: string | null;
  /** Its mode lets schedulers run. */
  allowsScheduler: boolean;
}
