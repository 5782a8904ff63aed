import { sameValue } from '../../shared/routeros/canonical.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { isSecretField, REDACTED } from '../../shared/routeros/secret-fields.ts';

type Wanted = Readonly<Record<string, string | null>>;

/**
 * Whether a row holds what was written to it; null means that the field was taken back. Values that run down by themselves
 * cannot be compared: there it is enough that they are set. Neither can what the router does not show: it is taken as held only where the rest of the row proves the write (`hidden: 'trusted'`).
 */
export function holdsWritten(menu: string, row: RouterRecord, wanted: Wanted, hidden: 'trusted' | 'doubted'): boolean {
  // The answer of another menu, or of an empty table, holds nothing.
  if (row['.id'] === undefined) return false;
  return Object.entries(wanted).every(([field, value]) => {
    if (isHidden(menu, field, row)) return hidden === 'trusted';
    if (RUNS_DOWN.has(field) && value !== null) return row[field] !== undefined;
    return sameValue(field, row[field], value ?? undefined);
  });
}

/** Whether reading the row again can tell this change from what was there before. */
export function canTell(menu: string, before: RouterRecord, wanted: Wanted): boolean {
  return Object.entries(wanted).some(
    ([field, value]) => !isHidden(menu, field, before) && !sameValue(field, before[field], value ?? undefined),
  );
}

/** Secrets without the policy to see them, what is only ever written, and most of a route while it is disabled. */
function isHidden(menu: string, field: string, row: RouterRecord): boolean {
  const held = row[field] ?? '';
  if (isSecretField(menu, field) || WRITE_ONLY[menu] === field) return held === '' || held === REDACTED;
  return held === '' && ROUTES.has(menu) && row['disabled'] === 'true' && !SHOWN_OF_DISABLED_ROUTE.has(field);
}

/**
 * How fields are taken back in a `set`. Text is emptied, and so is everything in menus without the command `unset`; in the
 * others an empty matcher would be refused as a wrong value, so the field is named with a `!` in front.
 */
export function unsetBody(menu: string, fields: readonly string[]): Record<string, string> {
  const isEmptied = (field: string): boolean => EMPTY_CLEARS.has(field) || MENUS_WITHOUT_UNSET.has(menu);
  return Object.fromEntries(fields.map((field) => [isEmptied(field) ? field : `!${field}`, '']));
}

/** A public key is shown by its fingerprint only. */
const WRITE_ONLY: Readonly<Record<string, string>> = { '/user/ssh-keys': 'key' };

const ROUTES: ReadonlySet<string> = new Set(['/ip/route', '/ipv6/route']);
const SHOWN_OF_DISABLED_ROUTE: ReadonlySet<string> = new Set(['dst-address', 'gateway', 'comment', 'disabled']);

/** Counts down from what was written. */
const RUNS_DOWN: ReadonlySet<string> = new Set(['timeout']);

/** Text that is gone when it is empty; an empty matcher is refused as a wrong value instead. */
const EMPTY_CLEARS: ReadonlySet<string> = new Set(['comment']);

/** From the schemas of 7.12 to 7.24. */
const MENUS_WITHOUT_UNSET: ReadonlySet<string> = new Set([
  '/interface',
  '/interface/bridge',
  '/interface/bridge/vlan',
  '/interface/list',
  '/interface/list/member',
  '/interface/vlan',
  '/interface/vrrp',
  '/interface/wireguard',
  '/interface/wireguard/peers',
  '/ip/address',
  '/ip/arp',
  '/ip/dhcp-server',
  '/ip/dns/static',
  '/ip/firewall/address-list',
  '/ip/pool',
  '/ip/service',
  '/ipv6/address',
  '/ipv6/nd',
  '/snmp/community',
  '/system/logging',
  '/system/logging/action',
  '/system/ntp/client/servers',
  '/system/scheduler',
  '/system/script',
  '/user',
  '/user/group',
]);
