import type { SoughtChange } from './change-history.ts';
import { commandOf } from './history-command.ts';
import { toIsoTime, type RouterClock } from './local-time.ts';
import type { RouterRecord } from './router.ts';

/** A line by which a router's log says that somebody changed something: `filter rule changed by admin`. Texts are data. */
export interface LoggedChange {
  /** The login. */
  by: string;
  /** By the router's clock, ISO 8601; null when the text is no time. */
  at: string | null;
  /** `filter rule changed` */
  action: string;
  /** `filter rule` */
  noun: string;
  kind: SoughtChange['kind'];
  /** `/ip/firewall/filter`; null when the line does not show its command, as older builds. */
  menu: string | null;
}

/**
 * Reads the records of `/log`, which stand oldest first; the newest first. Only what the system itself wrote counts: whoever
 * may run scripts can write lines of any text, which are of the topic `script`.
 */
export function readChangeLog(records: readonly RouterRecord[], clock: RouterClock): LoggedChange[] {
  return records
    .flatMap(({ topics = '', message = '', time }): LoggedChange[] => {
      const about = topics.split(',');
      if (!about.includes('system') || !about.includes('info') || about.includes('script')) return [];
      const match = LINE.exec(message.slice(0, LONGEST_LINE));
      if (match === null) return [];
      const [, noun = '', verb = '', who = '', command] = match;
      const by = loginOf(who);
      const at = toIsoTime(time, clock);
      const kind = verb as LoggedChange['kind'];
      return [{ by, at, action: `${noun} ${verb}`, noun, kind, menu: commandOf(command)?.menu ?? null }];
    })
    .toReversed();
}

/**
 * The newest line that fits a change: of its menu and kind, though perhaps about another object. Null when none does, or
 * when it is not known how the log calls rows of the menu.
 */
export function loggedAuthorOf(lines: readonly LoggedChange[], sought: SoughtChange): LoggedChange | null {
  const noun = nounOf(sought.menu);
  const fits = (line: LoggedChange): boolean =>
    line.menu === null ? line.noun.replace(/ settings$/, '') === noun : isSameMenu(line.menu, sought.menu);
  return lines.find((line) => line.kind === sought.kind && fits(line)) ?? null;
}

/** Newer builds name the way in and the address with the login, and show the command. */
const LINE = /^([a-z0-9][a-z0-9 -]{0,60}?) (added|changed|removed|moved) by (\S{1,200})(?: \((\/.*)\))?\s*$/s;
const LONGEST_LINE = 2_000;

/** `rest-api:admin@192.0.2.10` is `admin`. */
function loginOf(who: string): string {
  return /^[a-z-]+(?:\([a-z-]+\))?:(.+)@[\da-f.:]+$/i.exec(who)?.[1] ?? who;
}

function isSameMenu(ofLine: string, sought: string): boolean {
  return ofLine === sought || (ofLine === '/interface' && /^\/interface\/[a-z0-9-]+$/.test(sought));
}

/** What the log calls a row of a menu; of singletons without `settings`, which not every version says. */
function nounOf(menu: string): string | undefined {
  const table = /^\/(?:ip|ipv6)\/firewall\/(filter|nat|mangle|raw)$/.exec(menu)?.[1];
  return table === undefined ? NOUNS[menu] : `${table} rule`;
}

const NOUNS: Readonly<Record<string, string>> = {
  '/interface/bridge': 'bridge',
  '/interface/bridge/port': 'bridge port',
  '/interface/bridge/vlan': 'bridge vlan',
  '/interface/ethernet': 'interface',
  '/interface/list': 'interface list',
  '/interface/list/member': 'interface list member',
  '/interface/vlan': 'vlan',
  '/ip/address': 'address',
  '/ip/dhcp-client': 'dhcp client',
  '/ip/dhcp-server': 'dhcp server',
  '/ip/dhcp-server/lease': 'dhcp lease',
  '/ip/dhcp-server/network': 'dhcp network',
  '/ip/dns': 'dns',
  '/ip/dns/static': 'static dns entry',
  '/ip/firewall/address-list': 'address list entry',
  '/ip/pool': 'pool',
  '/ip/route': 'route',
  '/ip/service': 'service',
  '/ipv6/address': 'ipv6 address',
  '/ipv6/firewall/address-list': 'address list entry',
  '/snmp': 'snmp',
  '/snmp/community': 'snmp community',
  '/system/identity': 'system identity',
  '/system/logging': 'log rule',
  '/system/logging/action': 'log action',
  '/system/ntp/client': 'ntp client',
  '/system/scheduler': 'scheduled script',
  '/system/script': 'script',
  '/user': 'user',
};
