import { keyAfter, type Step } from '../domain/change.ts';
import type { Device } from '../domain/device.ts';
import type { PolicyRefusal } from '../domain/policy/policy-refusal.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { appliesTo } from '../domain/policy/policy-target.ts';
import type { ProtectedRule } from '../domain/policy/protected-rules.ts';
import { parseAddress } from './ip-text.ts';
import { overlaps, parsePrefix, type Prefix } from './prefixes.ts';
import type { RouterRecord } from './router.ts';
import { toList } from './values.ts';

export type ProtectedDevice = Pick<Device, 'name' | 'environment' | 'tags' | 'host'>;

/** What a router holds at this moment of what a step is about. */
export interface FoundRows {
  /** The row that the step changes, moves or removes; the record of a singleton menu. Null when there is none. */
  row: RouterRecord | null;
  /** Rows in front of which the step puts one, in an ordered menu. */
  behind: readonly RouterRecord[];
}

/** Before anything was read: only what the step itself says is looked at. */
const NOTHING_READ: FoundRows = { row: null, behind: [] };

/**
 * The rule that forbids a step on a device; null when none does. Asked when steps are made, with what they say, and again
 * right before they are written, with what the router holds by then. Pure.
 */
export function protectedBy(
  { protected: { marker, objects } }: Pick<Policy, 'protected'>,
  device: ProtectedDevice,
  step: Step,
  { row, behind }: FoundRows = NOTHING_READ,
): PolicyRefusal | null {
  const sides = sidesOf(step, row);
  if (sides.some((side) => isMarked(side, marker))) {
    return refusal('protected.marker', step, `the entry is marked with "${marker}" in its comment`);
  }
  if (behind.some((other) => isMarked(other, marker))) {
    return refusal('protected.marker', step, `an entry behind that place is marked with "${marker}" in its comment`);
  }
  // What people write about an entry changes nothing that it does.
  if (step.op === 'change' && Object.keys(step.after).every((field) => field === 'comment')) return null;
  for (const [name, rule] of Object.entries(objects)) {
    const what = appliesTo(rule.appliesTo, device) ? objectOf(rule, device, step.menu, sides) : null;
    if (what !== null) return refusal(`protected.objects.${name}`, step, `it is about ${what}`);
  }
  return null;
}

/** Fields by which a row of the menu may turn out to be protected. */
export function fieldsThatProtect(menu: string): string[] {
  const fields = new Set(['comment']);
  for (const { menus, names } of FIELDS) if (isIn(menu, menus)) for (const name of names) fields.add(name);
  return [...fields];
}

const ADDRESSES = ['/ip/address', '/ipv6/address'];
const ADDRESS_LISTS = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];
const ROUTES = ['/ip/route', '/ipv6/route'];
/** What clients get: addresses, one by one or from a pool. */
const GIVEN_OUT = ['/ip/dhcp-server/lease', '/ip/pool'];
const SERVICES = ['/ip/service'];
const FIREWALL_RULES = ['/ip/firewall', '/ipv6/firewall'];
const INTERFACES = ['/interface'];
/** Where an interface is named that something hangs on. */
const ATTACHED = [...INTERFACES, ...ADDRESSES, '/ip/dhcp-client', '/ip/dhcp-server', '/ipv6/dhcp-client', '/ip/vrf'];
const INTERFACE_FIELDS = [
  'name',
  'interface',
  'interfaces',
  'bridge',
  'master-interface',
  'slaves',
  'tagged',
  'untagged',
];
const VLAN_FIELDS = ['vlan-id', 'vlan-ids', 'pvid'];

const FIELDS = [
  { menus: [...ADDRESSES, ...ADDRESS_LISTS], names: ['address'] },
  { menus: GIVEN_OUT, names: ['address', 'ranges'] },
  { menus: ROUTES, names: ['dst-address'] },
  { menus: SERVICES, names: ['name', 'port'] },
  { menus: FIREWALL_RULES, names: ['dst-port'] },
  { menus: ATTACHED, names: INTERFACE_FIELDS },
  { menus: INTERFACES, names: VLAN_FIELDS },
] as const;

/** What of the rule the step is about, in words. */
function objectOf(
  rule: ProtectedRule,
  device: ProtectedDevice,
  menu: string,
  sides: readonly RouterRecord[],
): string | null {
  const network = networksOf(rule, device).find(({ prefix }) => touchesNetwork(menu, sides, prefix));
  if (network !== undefined) return `the protected address ${network.text}`;
  const name = rule.interfaces?.find((one) => isIn(menu, ATTACHED) && holds(sides, INTERFACE_FIELDS, one));
  if (name !== undefined) return `the protected interface "${name}"`;
  const vlan = rule.vlans?.find((id) => isIn(menu, INTERFACES) && covers(sides, VLAN_FIELDS, id));
  if (vlan !== undefined) return `the protected VLAN ${vlan}`;
  const service = rule.services?.find((one) => touchesService(menu, sides, one));
  return service === undefined ? null : `the protected service ${service.name}`;
}

function networksOf({ addresses = [], managementAddress }: ProtectedRule, { host }: ProtectedDevice) {
  const texts = managementAddress === true ? [host, ...addresses] : addresses;
  return texts.flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix === null ? [] : [{ text, prefix }];
  });
}

function touchesNetwork(menu: string, sides: readonly RouterRecord[], network: Prefix): boolean {
  // Of a router's own address the network beside it may hold thousands of others.
  if (isIn(menu, ADDRESSES)) return sides.some(({ address }) => meets(address?.split('/')[0], network));
  if (isIn(menu, ADDRESS_LISTS)) return sides.some(({ address }) => meets(address, network));
  if (isIn(menu, GIVEN_OUT)) {
    return sides.some(({ address, ranges }) => [address, ...toList(ranges)].some((text) => meets(text, network)));
  }
  if (!isIn(menu, ROUTES)) return false;
  // The default route leads everywhere and is about no address.
  return sides.some(
    (side) => parsePrefix(side['dst-address'] ?? '')?.length !== 0 && meets(side['dst-address'], network),
  );
}

/** An address, a network, or a range such as 192.0.2.1-192.0.2.9; names of hosts meet nothing. */
function meets(text: string | undefined, network: Prefix): boolean {
  const [from = '', to] = (text ?? '').split('-');
  if (to === undefined) {
    const prefix = parsePrefix(from);
    return prefix !== null && overlaps(prefix, network);
  }
  const [first, last] = [parseAddress(from), parseAddress(to)];
  if (first === null || last?.family !== network.family || first.family !== network.family) return false;
  const rest = BigInt((network.family === 4 ? 32 : 128) - network.length);
  const start = (network.value >> rest) << rest;
  return first.value <= start + (1n << rest) - 1n && last.value >= start;
}

type Service = NonNullable<ProtectedRule['services']>[number];

function touchesService(menu: string, sides: readonly RouterRecord[], { name, port }: Service): boolean {
  if (isIn(menu, SERVICES)) {
    return holds(sides, ['name'], name) || (port !== undefined && holds(sides, ['port'], String(port)));
  }
  return port !== undefined && isIn(menu, FIREWALL_RULES) && covers(sides, ['dst-port'], port);
}

/** Everything a step says of its row, before and after, and what the row was found to hold. */
function sidesOf(step: Step, row: RouterRecord | null): RouterRecord[] {
  const found = row === null ? [] : [row];
  if (step.op === 'add' || step.op === 'remove') return [{ ...step.key, ...step.values }, ...found];
  if (step.op === 'move') return [step.key, ...found];
  if (step.op === 'set') return [step.before, step.after, ...found];
  return [{ ...step.key, ...withoutNull(step.before) }, { ...keyAfter(step), ...withoutNull(step.after) }, ...found];
}

function withoutNull(values: Readonly<Record<string, string | null>>): RouterRecord {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}

function isMarked({ comment }: RouterRecord, marker: string): boolean {
  return comment?.includes(marker) === true;
}

function holds(sides: readonly RouterRecord[], fields: readonly string[], wanted: string): boolean {
  return sides.some((side) => fields.some((field) => toList(side[field]).includes(wanted)));
}

/** Whether one of the fields, lists of numbers and of ranges such as `10-20`, has the number. */
function covers(sides: readonly RouterRecord[], fields: readonly string[], wanted: number): boolean {
  return sides.some((side) => fields.some((field) => toList(side[field]).some((part) => isInRange(part, wanted))));
}

function isInRange(part: string, wanted: number): boolean {
  const [from, to = from] = part.split('-').map(Number);
  return from !== undefined && to !== undefined && wanted >= from && wanted <= to;
}

function isIn(menu: string, menus: readonly string[]): boolean {
  return menus.some((one) => menu === one || menu.startsWith(`${one}/`));
}

function refusal(rule: string, { menu }: Step, why: string): PolicyRefusal {
  return {
    rule,
    message: `Nothing was written to ${menu}, because ${why}.`,
    hint: 'Leave it out of the change; people may change it at the router.',
    details: { menu },
  };
}
