import type { MenuDefinition } from '../../engine/definition.ts';
import { pppProfile } from './profile.ts';
import { pppAaa, pppActive, pppSecret } from './secret.ts';

/** `/ppp`: who may dial in, and with what. */
export const PPP_MENUS: readonly MenuDefinition[] = [pppAaa, pppActive, pppProfile, pppSecret];
