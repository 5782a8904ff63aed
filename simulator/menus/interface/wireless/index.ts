import type { MenuDefinition } from '../../../engine/definition.ts';
import { wirelessInfo } from './info.ts';
import { hasLegacyWireless } from './legacy-package.ts';
import { wirelessAccessList, wirelessCap, wirelessChannels, wirelessConnectList } from './lists.ts';
import { wirelessRegistrations } from './registration-table.ts';
import { wirelessSecurityProfiles } from './security-profiles.ts';
import { wirelessInterfaces } from './wireless.ts';

const MENUS: readonly MenuDefinition[] = [
  wirelessInterfaces,
  wirelessAccessList,
  wirelessCap,
  wirelessChannels,
  wirelessConnectList,
  wirelessInfo,
  wirelessRegistrations,
  wirelessSecurityProfiles,
];

/** `/interface/wireless` and what belongs to it. */
export const WIRELESS_MENUS: readonly MenuDefinition[] = MENUS.map((menu) => ({
  ...menu,
  available: hasLegacyWireless,
}));
