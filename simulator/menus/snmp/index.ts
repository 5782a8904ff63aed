import type { MenuDefinition } from '../../engine/definition.ts';
import { snmpCommunity } from './community.ts';
import { snmp } from './snmp.ts';

/** `/snmp`. */
export const SNMP_MENUS: readonly MenuDefinition[] = [snmp, snmpCommunity];
