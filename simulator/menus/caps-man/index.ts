import type { MenuDefinition } from '../../engine/definition.ts';
import { hasLegacyWireless } from '../interface/wireless/legacy-package.ts';
import { capsManInterfaces } from './interface.ts';
import { CAPS_MAN_GUESTS } from './access-points.ts';
import { capsManManager, capsManManagerInterfaces } from './controller.ts';
import { CAPS_MAN_PROFILES } from './profiles.ts';
import { capsManAaa, capsManAccessList, capsManProvisioning } from './rules.ts';

const MENUS: readonly MenuDefinition[] = [
  capsManAaa,
  capsManAccessList,
  capsManInterfaces,
  capsManManager,
  capsManManagerInterfaces,
  ...CAPS_MAN_PROFILES,
  capsManProvisioning,
  ...CAPS_MAN_GUESTS,
];

/** `/caps-man`: the controller that belongs to the driver of radios before 802.11ax. */
export const CAPS_MAN_MENUS: readonly MenuDefinition[] = MENUS.map((menu) => ({
  ...menu,
  available: hasLegacyWireless,
}));
