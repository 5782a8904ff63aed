import type { Operation } from './define-operation.ts';
import { ADDRESS_LIST_OPERATIONS } from './address-list/index.ts';
import { BRIDGE_OPERATIONS } from './bridge/index.ts';
import { CONFIGURATION_OPERATIONS } from './configuration/index.ts';
import { DHCP_OPERATIONS } from './dhcp/index.ts';
import { DIAGNOSTIC_OPERATIONS } from './diagnostic/index.ts';
import { DNS_OPERATIONS } from './dns/index.ts';
import { FIREWALL_OPERATIONS } from './firewall/index.ts';
import { INTERFACE_OPERATIONS } from './interface/index.ts';
import { INTERNAL_OPERATIONS } from './internal/index.ts';
import { IP_OPERATIONS } from './ip/index.ts';
import { LOG_OPERATIONS } from './log/index.ts';
import { NEIGHBOR_OPERATIONS } from './neighbor/index.ts';
import { NTP_OPERATIONS } from './ntp/index.ts';
import { SECURITY_OPERATIONS } from './security/index.ts';
import { ROUTING_OPERATIONS } from './routing/index.ts';
import { SYSTEM_OPERATIONS } from './system/index.ts';
import { WIRELESS_OPERATIONS } from './wireless/index.ts';

/** Everything one router can be asked, in the order clients see it. */
export const OPERATIONS: readonly Operation[] = [
  ...DIAGNOSTIC_OPERATIONS,
  ...SYSTEM_OPERATIONS,
  ...INTERFACE_OPERATIONS,
  ...BRIDGE_OPERATIONS,
  ...IP_OPERATIONS,
  ...NEIGHBOR_OPERATIONS,
  ...DNS_OPERATIONS,
  ...NTP_OPERATIONS,
  ...DHCP_OPERATIONS,
  ...ROUTING_OPERATIONS,
  ...FIREWALL_OPERATIONS,
  ...ADDRESS_LIST_OPERATIONS,
  ...WIRELESS_OPERATIONS,
  ...LOG_OPERATIONS,
  ...SECURITY_OPERATIONS,
  ...CONFIGURATION_OPERATIONS,
];

const CARRIED_OUT: readonly Operation[] = [...OPERATIONS, ...INTERNAL_OPERATIONS];
const BY_NAME = new Map(CARRIED_OUT.map((operation) => [operation.name, operation]));
if (BY_NAME.size !== CARRIED_OUT.length) throw new Error('two operations have the same name');

/** What a lane carries out under this name: an operation that callers see, or an internal part of an action. */
export function findOperation(name: string): Operation | undefined {
  return BY_NAME.get(name);
}
