import { z } from 'zod';
import type { Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { AppError } from '../errors/app-error.ts';
import { CommentInput } from '../operations/comment-input.ts';
import { INTERFACE } from '../operations/interface/configured-interface.ts';
import {
  additionOf,
  ADDRESS,
  ADDRESS_FIELDS,
  changeOf,
  isAddressOn,
  removalOf,
} from '../operations/ip/address-rows.ts';
import {
  leasedAddress,
  refuseCarryingManagement,
  refuseCoveringManagement,
  refuseOverlap,
  refusePort,
} from '../operations/ip/address-rules.ts';
import { InterfaceAddress } from '../operations/ip/interface-address.ts';
import { InterfaceName } from '../operations/list-filters.ts';
import { findManagementPath, MANAGEMENT_MENUS } from '../routeros/management-path.ts';
import { overlaps, parsePrefix } from '../routeros/prefixes.ts';
import type { Router, RouterRecord } from '../routeros/router.ts';
import { toBoolean, toFlag } from '../routeros/values.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';

const MOST_ADDRESSES = 50;

const NAME_FIELDS = {
  address: InterfaceAddress.describe('IPv4 with its prefix length, such as "198.51.100.1/24"'),
  interface: InterfaceName.describe('Where, such as "bridge"; upper and lower case differ'),
};
const WantedAddress = z.strictObject({
  ...NAME_FIELDS,
  comment: CommentInput.optional().describe('Of the address; an empty text clears it'),
});
const UnwantedAddress = z.strictObject(NAME_FIELDS);
type WantedAddress = z.output<typeof WantedAddress>;
type UnwantedAddress = z.output<typeof UnwantedAddress>;

const Input = z.strictObject({
  addresses: z.array(WantedAddress).max(MOST_ADDRESSES).default([]).describe('Addresses that there shall be'),
  remove: z.array(UnwantedAddress).max(MOST_ADDRESSES).default([]).describe('Addresses that there shall not be'),
});
type Input = z.output<typeof Input>;

const HeldAddress = z.strictObject({
  address: z.string(),
  interface: z.string(),
  network: z.string().optional(),
  comment: z.string().optional(),
  disabled: z.enum(['true', 'false']),
  dynamic: z.enum(['true', 'false']),
});

const Current = z.strictObject({
  /** All of the router's: a new one must overlap with none of them. */
  addresses: z.array(HeldAddress),
  /** Those that addresses are asked for on. */
  interfaces: z.array(z.strictObject({ name: z.string(), dynamic: z.boolean(), slave: z.enum(['true', 'false']) })),
  /** Null where nothing is changed that could be part of the way by which the router is managed. */
  managed: z.strictObject({ addresses: z.array(z.string()), peers: z.array(z.string()) }).nullable(),
});
type Current = z.output<typeof Current>;

export const ipAddresses = definePlan({
  kind: 'ip_addresses',
  title: 'IPv4 addresses',
  summary:
    'Proposes secondary IPv4 addresses to add to or remove from interfaces. Refuses overlaps and what carries management.',
  phase: 3,
  paths: [...new Set([ADDRESS, INTERFACE, ...MANAGEMENT_MENUS])],
  input: Input,
  refuse: refuseWish,
  current: Current,
  capture: (router, { input }) => capture(router, input),
  steps: (current, input) => {
    const steps = addressSteps(current, input);
    for (const step of steps) refuseUnsafe(current, step, steps);
    return steps;
  },
  risk: assessRisk,
  example: { addresses: [{ address: '198.51.100.1/24', interface: 'bridge', comment: 'lab' }] },
});

async function capture(router: Router, input: Input): Promise<z.input<typeof Current>> {
  const addresses = (await router.list(ADDRESS, { fields: ADDRESS_FIELDS })).map(heldAddress).toSorted(inOrder);
  const asked = new Set(input.addresses.map(({ interface: name }) => name));
  const interfaces = (await router.list(INTERFACE, { fields: ['name', 'dynamic', 'slave'] }))
    .filter(({ name = '' }) => asked.has(name))
    .map((row) => ({
      name: row['name'] ?? '',
      dynamic: toBoolean(row['dynamic']),
      slave: toFlag(row['slave']) ? ('true' as const) : ('false' as const),
    }));
  const isPathAsked = addressSteps({ addresses, interfaces, managed: null }, input).some(isNotOnlyComment);
  return { addresses, interfaces, managed: isPathAsked ? await managedBy(router) : null };
}

async function managedBy(router: Router): Promise<NonNullable<Current['managed']>> {
  const { addresses, peers } = await findManagementPath(router);
  return { addresses: [...addresses].toSorted(), peers: [...new Set([...peers, router.host])].toSorted() };
}

function heldAddress(row: RouterRecord): z.output<typeof HeldAddress> {
  return {
    address: row['address'] ?? '',
    interface: row['interface'] ?? '',
    ...(row['network'] === undefined ? {} : { network: row['network'] }),
    ...(row['comment'] ? { comment: row['comment'] } : {}),
    disabled: toBoolean(row['disabled']) ? 'true' : 'false',
    dynamic: toBoolean(row['dynamic']) ? 'true' : 'false',
  };
}

function addressSteps({ addresses }: Current, wish: Input): Step[] {
  const wanted = wish.addresses.flatMap((one) => wantedStep(addresses, one) ?? []);
  return [
    ...wanted.filter(({ op }) => op === 'add'),
    ...wanted.filter(({ op }) => op === 'change'),
    ...wish.remove.flatMap((one) => removal(addresses, one) ?? []),
  ];
}

function wantedStep(rows: readonly RouterRecord[], { address, interface: name, comment }: WantedAddress): Step | null {
  const row = configuredRow(rows, address, name);
  if (row === null) return additionOf(address, name, comment);
  const after = {
    ...(toBoolean(row['disabled']) ? { disabled: 'false' } : {}),
    ...(comment === undefined || comment === (row['comment'] ?? '') ? {} : { comment: comment || null }),
  };
  return Object.keys(after).length === 0 ? null : changeOf(row, after);
}

function removal(rows: readonly RouterRecord[], { address, interface: name }: UnwantedAddress): Step | null {
  const row = configuredRow(rows, address, name);
  if (row !== null) return removalOf(row);
  if (rows.some((other) => isAddressOn(other, address, name))) throw leasedAddress();
  return null;
}

/** The one row of the configuration; null when there is none. */
function configuredRow(rows: readonly RouterRecord[], address: string, name: string): RouterRecord | null {
  const [row, ...others] = rows.filter((one) => !toBoolean(one['dynamic']) && isAddressOn(one, address, name));
  if (others.length === 0) return row ?? null;
  throw new AppError('DEVICE_ENTRY_AMBIGUOUS', {
    message: `${address} is ${others.length + 1} times on the interface ${JSON.stringify(name)}.`,
    hint: 'Remove those at the router that are not needed.',
  });
}

function refuseUnsafe({ addresses, interfaces, managed }: Current, step: Step, steps: readonly Step[]): void {
  if (step.op === 'set' || step.op === 'move' || !isNotOnlyComment(step)) return;
  const { address = '', interface: name = '' } = step.key;
  const own = managed?.addresses ?? [];
  const peers = managed?.peers ?? [];
  if (step.op === 'remove') {
    if (step.values['disabled'] === 'true') return;
    refuseCarryingManagement(address, own, peers);
    refuseLastOne(addresses, steps, name);
    return;
  }
  const carrier = interfaces.find((one) => one.name === name);
  if (carrier === undefined) {
    throw new AppError('DEVICE_REFERENCE_MISSING', {
      message: `The router has no interface ${JSON.stringify(name)}.`,
      hint: 'Leave such devices out, or name an interface that all of them have; list_interfaces shows them.',
    });
  }
  if (carrier.dynamic) {
    throw new AppError('UNSAFE_OPERATION', {
      message: `The router made the interface ${JSON.stringify(name)} itself and may take it away; it gets no address.`,
      hint: 'Take an interface of the configuration.',
    });
  }
  refuseOverlap(addresses, address);
  refusePort({ slave: carrier.slave });
  refuseCoveringManagement(address, peers);
}

/** This kind is for secondary addresses: it leaves no interface without one. */
function refuseLastOne(rows: readonly RouterRecord[], steps: readonly Step[], name: string): void {
  const removed = steps.flatMap((step) => (step.op === 'remove' ? (step.key['address'] ?? []) : []));
  const left = rows.some(
    (row) =>
      row['interface'] === name &&
      !toBoolean(row['disabled']) &&
      !removed.some((address) => isAddressOn(row, address, name)),
  );
  const gets = steps.some((step) => step.op !== 'remove' && isNotOnlyComment(step) && isOn(step, name));
  if (left || gets) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `The interface ${JSON.stringify(name)} would be left without an address.`,
    hint: 'Add another one in the same plan, or remove it from one device with remove_ip_address.',
  });
}

function isOn(step: Step, name: string): boolean {
  return step.op !== 'set' && step.key['interface'] === name;
}

/** What people write about an address changes nothing that it does. */
function isNotOnlyComment(step: Step): boolean {
  return step.op !== 'change' || 'disabled' in step.after;
}

function refuseWish({ addresses, remove }: Input): string | null {
  if (addresses.length + remove.length === 0) return 'give addresses, remove or both';
  for (const [index, one] of addresses.entries()) {
    const before = addresses.slice(0, index).findIndex((other) => areOverlapping(one, other));
    if (before !== -1) return `addresses[${index}] overlaps with the network of addresses[${before}]`;
  }
  for (const [index, one] of remove.entries()) {
    const isSame = (other: UnwantedAddress): boolean =>
      other.address === one.address && other.interface === one.interface;
    const wanted = addresses.findIndex(isSame);
    if (wanted !== -1) return `remove[${index}] removes the address that addresses[${wanted}] wants`;
    const before = remove.slice(0, index).findIndex(isSame);
    if (before !== -1) return `remove[${index}] is the same address as remove[${before}]`;
  }
  return null;
}

function areOverlapping(one: WantedAddress, other: WantedAddress): boolean {
  const [left, right] = [parsePrefix(one.address), parsePrefix(other.address)];
  return left !== null && right !== null && overlaps(left, right);
}

function assessRisk(facts: RiskFacts<Current>, { addresses, remove }: Input): { risk: Risk; reasons: string[] } {
  const isShared = facts.deviceCount > 1 && addresses.length > 0;
  const reasons = [
    ...fleetReasons(facts),
    ...(isShared && addresses.some(({ address }) => !address.endsWith('/32'))
      ? [`${facts.deviceCount} devices get the same address, which conflicts where they see each other`]
      : []),
  ];
  if (reasons.length > 0) return { risk: 'high', reasons };
  return {
    risk: 'medium',
    reasons: [
      ...(isShared ? [`${facts.deviceCount} devices share an address, as of anycast`] : []),
      ...(remove.length > 0 ? ['what uses the removed addresses loses them'] : []),
      ...(addresses.length > 0 && !isShared ? ['the router answers in another network'] : []),
    ],
  };
}

function inOrder(left: RouterRecord, right: RouterRecord): number {
  const [one, other] = [JSON.stringify(left), JSON.stringify(right)];
  return one < other ? -1 : Number(one > other);
}
