import { z } from 'zod';
import type { Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { AppError } from '../errors/app-error.ts';
import { CommentInput } from '../operations/comment-input.ts';
import { INTERFACE } from '../operations/interface/configured-interface.ts';
import { InterfaceName } from '../operations/list-filters.ts';
import { carriersOf, CARRIER_MENUS } from '../routeros/interface-carriers.ts';
import { findManagementPath, MANAGEMENT_MENUS } from '../routeros/management-path.ts';
import type { Router, RouterRecord } from '../routeros/router.ts';
import { toBoolean, toFlag, toNumber } from '../routeros/values.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';

const MOST_INTERFACES = 50;
/** The least that IPv4 needs (RFC 791). */
const LEAST_MTU = 68;

const WantedInterface = z.strictObject({
  name: InterfaceName.describe('Its name, such as "ether5"; upper and lower case differ'),
  enabled: z.boolean().optional().describe('false disables it'),
  comment: CommentInput.optional().describe('An empty text clears it'),
  mtu: z
    .union([z.number().int().min(LEAST_MTU).max(65_535), z.literal('auto')])
    .optional()
    .describe('Bytes of the largest packet, 68 to 65535, or auto for interfaces made of others'),
});
type WantedInterface = z.output<typeof WantedInterface>;

const Input = z.strictObject({
  interfaces: z
    .array(WantedInterface)
    .min(1)
    .max(MOST_INTERFACES)
    .describe('1 to 50 interfaces, each with what it shall be; what is left out stays'),
});
type Input = z.output<typeof Input>;

const HeldInterface = z.strictObject({
  name: z.string(),
  disabled: z.boolean(),
  running: z.boolean(),
  /** The router made it itself. */
  dynamic: z.boolean(),
  comment: z.string().nullable(),
  /** Null for an interface that has none. */
  mtu: z.string().nullable(),
  /** Bytes that the hardware takes; null when the router does not say. */
  l2mtu: z.number().nullable(),
});
type HeldInterface = z.output<typeof HeldInterface>;

const Current = z.strictObject({
  /** Those asked for that the router has. */
  interfaces: z.array(HeldInterface),
  /** Those asked for that carry the connection by which the router is managed, where the plan could cut it. */
  carriers: z.array(z.string()),
});
type Current = z.output<typeof Current>;

export const interfaceSettings = definePlan({
  kind: 'interface_settings',
  title: 'Interface settings',
  summary:
    'Proposes to enable or disable named interfaces, and their comments and MTU. Refuses to touch what carries management.',
  phase: 3,
  paths: [...new Set([INTERFACE, ...CARRIER_MENUS, ...MANAGEMENT_MENUS])],
  input: Input,
  refuse: refuseWish,
  current: Current,
  capture: (router, { input }) => capture(router, input),
  steps: (current, { interfaces }) => {
    refuseMissing(current, interfaces);
    const changes = interfaces.flatMap((wish) => changeOf(current, wish) ?? []);
    return changes.toSorted((one, other) => placeOf(one) - placeOf(other));
  },
  risk: assessRisk,
  example: { interfaces: [{ name: 'ether1', comment: 'to the provider' }] },
});

async function capture(router: Router, { interfaces: wanted }: Input): Promise<z.input<typeof Current>> {
  const names = new Set(wanted.map(({ name }) => name));
  const fields = ['name', 'disabled', 'running', 'dynamic', 'comment', 'mtu', 'l2mtu'];
  const rows = (await router.list(INTERFACE, { fields })).filter((row) => names.has(row['name'] ?? ''));
  const interfaces = rows.map(heldInterface).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const couldCut = wanted.some((wish) => interfaces.some((held) => held.name === wish.name && cuts(held, wish)));
  const carriers = couldCut
    ? await carriersOf(router, (await findManagementPath(router)).interfaces)
    : new Set<string>();
  return { interfaces, carriers: [...names].filter((name) => carriers.has(name)).toSorted() };
}

function heldInterface(row: RouterRecord): HeldInterface {
  return {
    name: row['name'] ?? '',
    disabled: toBoolean(row['disabled']),
    running: toFlag(row['running']),
    dynamic: toBoolean(row['dynamic']),
    comment: row['comment'] || null,
    mtu: row['mtu'] || null,
    l2mtu: toNumber(row['l2mtu']),
  };
}

/** Whether packets may be lost by it. */
function cuts(held: HeldInterface, { enabled, mtu }: WantedInterface): boolean {
  return (enabled === false && !held.disabled) || (mtu !== undefined && held.mtu !== String(mtu));
}

function changeOf({ interfaces, carriers }: Current, wish: WantedInterface): Step | null {
  const held = interfaces.find(({ name }) => name === wish.name);
  if (held === undefined) return null;
  const { enabled, comment, mtu } = wish;
  const wanted: Record<string, string | null> = {
    ...(enabled === undefined ? {} : { disabled: String(!enabled) }),
    ...(comment === undefined ? {} : { comment: comment === '' ? null : comment }),
    ...(mtu === undefined ? {} : { mtu: String(mtu) }),
  };
  const now: Record<string, string | null> = {
    disabled: String(held.disabled),
    comment: held.comment,
    mtu: held.mtu,
  };
  const fields = Object.keys(wanted).filter((field) => wanted[field] !== now[field]);
  if (fields.length === 0) return null;
  refuseUnsafe(held, wish, carriers);
  const only = (values: Record<string, string | null>): Record<string, string | null> =>
    Object.fromEntries(fields.map((field) => [field, values[field] ?? null]));
  return { op: 'change', menu: INTERFACE, key: { name: wish.name }, before: only(now), after: only(wanted) };
}

/** What is switched on comes first, and what is switched off last. */
function placeOf(step: Step): number {
  if (step.op !== 'change' || step.after['disabled'] === undefined) return 1;
  return step.after['disabled'] === 'false' ? 0 : 2;
}

function refuseMissing({ interfaces }: Current, wanted: readonly WantedInterface[]): void {
  const present = new Set(interfaces.map(({ name }) => name));
  const missing = wanted.map(({ name }) => name).filter((name) => !present.has(name));
  if (missing.length === 0) return;
  throw new AppError('DEVICE_REFERENCE_MISSING', {
    message: `The router has no interface ${missing.map((name) => JSON.stringify(name)).join(', ')}.`,
    hint: 'Leave such devices out, or name interfaces that all of them have; list_interfaces shows them.',
  });
}

function refuseUnsafe(held: HeldInterface, wish: WantedInterface, carriers: readonly string[]): void {
  const name = JSON.stringify(held.name);
  if (held.dynamic) {
    throw new AppError('UNSAFE_OPERATION', {
      message: `The router made the interface ${name} itself, so it cannot be changed.`,
      hint: 'Change what it is made from, such as the server a tunnel comes in on.',
    });
  }
  if (cuts(held, wish) && carriers.includes(held.name)) {
    throw new AppError('UNSAFE_OPERATION', {
      message: `The interface ${name} carries the connection by which the router is managed; it is neither disabled nor given another MTU.`,
      hint: 'Manage the router through another interface first, or make the change at the router.',
    });
  }
  if (wish.mtu === undefined) return;
  if (held.mtu === null) {
    throw new AppError('DEVICE_UNSUPPORTED', { message: `The interface ${name} has no MTU that can be set.` });
  }
  if (typeof wish.mtu === 'number' && held.l2mtu !== null && wish.mtu > held.l2mtu) {
    throw new AppError('UNSAFE_OPERATION', {
      message: `An MTU of ${wish.mtu} is more than the ${held.l2mtu} bytes that the interface ${name} takes.`,
      hint: `Give at most ${held.l2mtu}, or raise its L2 MTU at the router first.`,
    });
  }
}

function refuseWish({ interfaces }: Input): string | null {
  const seen = new Map<string, number>();
  for (const [index, { name, ...settings }] of interfaces.entries()) {
    if (Object.keys(settings).length === 0) return `interfaces[${index}]: give enabled, comment or mtu`;
    const other = seen.get(name);
    if (other !== undefined) return `interfaces[${index}] is the same interface as interfaces[${other}]`;
    seen.set(name, index);
  }
  return null;
}

function assessRisk(facts: RiskFacts<Current>, { interfaces }: Input): { risk: Risk; reasons: string[] } {
  const switchedOff = new Set(interfaces.filter(({ enabled }) => enabled === false).map(({ name }) => name));
  const inUse = (facts.captured ?? []).some((current) =>
    current.interfaces.some(({ name, running }) => running && switchedOff.has(name)),
  );
  const reasons = [...fleetReasons(facts), ...(inUse ? ['interfaces that are in use are disabled'] : [])];
  if (reasons.length > 0) return { risk: 'high', reasons };
  if (interfaces.every(({ enabled, mtu }) => enabled === undefined && mtu === undefined)) {
    return { risk: 'low', reasons: ['only comments are changed'] };
  }
  return { risk: 'medium', reasons: ['packets may go another way, or not at all'] };
}
