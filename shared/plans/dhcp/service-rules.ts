import type { RouterValues, Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import {
  addressesOf,
  haveCommonAddress,
  isRangeWithin,
  parseRanges,
  type Ipv4Range,
} from '../../routeros/ipv4-ranges.ts';
import { parseAddress } from '../../routeros/ip-text.ts';
import { isWithin, parsePrefix, type Prefix } from '../../routeros/prefixes.ts';
import { toList } from '../../routeros/values.ts';
import { rowAfter } from '../row-steps.ts';
import { NETWORK, POOL, SERVER, type DhcpServiceState } from './service-state.ts';
import { STATIC_ONLY, type DhcpServiceInput } from './service-wish.ts';

type Tables = Record<typeof POOL | typeof NETWORK | typeof SERVER, RouterValues[]>;

/** Refuses what the steps would break on this router; the message names the object. Pure. */
export function refuseUnsafeService(state: DhcpServiceState, steps: readonly Step[], wish: DhcpServiceInput): void {
  const after = steps.reduce((tables, step) => {
    const next = tablesAfter(tables, step);
    if (step.op !== 'set' && step.menu === SERVER && step.op !== 'remove') refuseRival(next, step.key['name'] ?? '');
    return next;
  }, tablesOf(state));
  refuseMissing(state, after, steps, wish);
  for (const step of steps) {
    if (step.op === 'set' || step.op === 'move') continue;
    if (step.op === 'remove') refuseInUse(state, after, step.menu, step.key);
    else if (step.menu === SERVER) refuseCarrier(state, after, step);
  }
  refuseOverlaps(after, steps);
  refuseOutside(after, steps);
}

function tablesOf({ pools, networks, servers }: DhcpServiceState): Tables {
  return { [POOL]: pools, [NETWORK]: networks, [SERVER]: servers.map(({ row }) => row) };
}

/** What the router holds once the step is made. */
function tablesAfter(tables: Tables, step: Step): Tables {
  if (step.op === 'set' || step.op === 'move') return tables;
  const menu = step.menu as keyof Tables;
  const isIt = (row: RouterValues): boolean => Object.entries(step.key).every(([field, value]) => row[field] === value);
  if (step.op === 'add') return { ...tables, [menu]: [...tables[menu], step.values] };
  if (step.op === 'remove') return { ...tables, [menu]: tables[menu].filter((row) => !isIt(row)) };
  return { ...tables, [menu]: tables[menu].map((row) => (isIt(row) ? rowAfter(row, step) : row)) };
}

/** Two servers on an interface would both answer its clients; those behind other relays do not meet. */
function refuseRival({ [SERVER]: servers }: Tables, name: string): void {
  const server = servers.find((row) => row['name'] === name);
  if (server === undefined || server['disabled'] === 'true') return;
  const rival = servers.find(
    (other) =>
      other['name'] !== name &&
      other['disabled'] !== 'true' &&
      other['interface'] === server['interface'] &&
      relayOf(other) === relayOf(server),
  );
  if (rival === undefined) return;
  throw new AppError('CONFLICT', {
    message: `The interface ${quoted(server['interface'])} has the DHCP server ${rival['name']}; ${name} cannot serve it as well.`,
    hint: 'Change the server that is there, or remove it in a plan of its own before.',
  });
}

function relayOf({ relay }: RouterValues): string {
  return relay === undefined || relay === '0.0.0.0' ? '' : relay;
}

function refuseMissing(
  { options }: DhcpServiceState,
  after: Tables,
  steps: readonly Step[],
  { networks }: DhcpServiceInput,
): void {
  const known = new Set(options);
  const lacking = networks.flatMap((one) => one.options ?? []).find((name) => !known.has(name));
  if (lacking !== undefined) throw missing(`DHCP option ${quoted(lacking)}`, 'Make it at the router first.');
  const pools = new Set(after[POOL].map((row) => row['name']));
  for (const step of steps) {
    if (step.op !== 'add' && step.op !== 'change') continue;
    const values = step.op === 'add' ? step.values : step.after;
    const name = step.menu === SERVER ? values['address-pool'] : step.menu === POOL ? values['next-pool'] : undefined;
    if (!name || name === STATIC_ONLY || name === 'none' || pools.has(name)) continue;
    throw missing(`pool ${quoted(name)}`, 'Add it in the same plan, or name one that is there; list_pools shows them.');
  }
}

function missing(what: string, hint: string): AppError {
  return new AppError('DEVICE_REFERENCE_MISSING', { message: `The router has no ${what}.`, hint });
}

/** Where a server would answer nobody, or those it must not. */
function refuseCarrier({ interfaces }: DhcpServiceState, after: Tables, step: Step): void {
  if (step.op === 'change' && !('interface' in step.after) && step.after['disabled'] !== 'false') return;
  const key = step.op === 'add' || step.op === 'change' ? step.key : {};
  const server = after[SERVER].find((row) => row['name'] === key['name']);
  const name = server?.['interface'] ?? '';
  const carrier = interfaces.find((one) => one.name === name);
  if (carrier === undefined) {
    throw missing(
      `interface ${quoted(name)}`,
      'Leave such devices out, or name an interface that all of them have; list_interfaces shows them.',
    );
  }
  if (carrier.dynamic === 'true') {
    throw unsafe(
      `The router made the interface ${quoted(name)} itself and may take it away; it gets no DHCP server.`,
      'Take an interface of the configuration.',
    );
  }
  if (carrier.slave === 'true') {
    throw unsafe(
      `The interface ${quoted(name)} is a port of a bridge or bond, on which a DHCP server cannot run.`,
      'Name the bridge or bond; get_interface tells which it is.',
    );
  }
  if (carrier.isDhcpClient === 'true') {
    throw unsafe(
      `The interface ${quoted(name)} gets its own address by DHCP; a server there would answer the machines of that network.`,
      'Take the interface of a network that the router serves, or remove the DHCP client first.',
    );
  }
}

function refuseInUse(state: DhcpServiceState, after: Tables, menu: string, key: RouterValues): void {
  if (menu === POOL) refusePoolInUse(state, after, key['name'] ?? '');
  if (menu === NETWORK) refuseNetworkInUse(state, after, key['address'] ?? '');
  if (menu === SERVER) refuseServerInUse(state, key['name'] ?? '');
}

function refusePoolInUse({ poolUsers, staticLeases }: DhcpServiceState, after: Tables, name: string): void {
  const server = after[SERVER].find((row) => row['address-pool'] === name);
  const before = after[POOL].find((row) => row['next-pool'] === name);
  const lease = staticLeases.find(({ address }) => address === name);
  const user =
    (server && `the DHCP server ${server['name']}`) ??
    (before && `the pool ${before['name']}`) ??
    (lease && `the static lease of ${lease.macAddress}`) ??
    poolUsers.find(({ pool }) => pool === name)?.by;
  if (user === undefined) return;
  throw unsafe(
    `The pool ${name} is in use by ${user}.`,
    'Give that another pool, or remove it, before or in the same plan.',
  );
}

/** Clients would still get addresses, and no gateway. */
function refuseNetworkInUse({ staticLeases }: DhcpServiceState, after: Tables, address: string): void {
  const network = parsePrefix(address);
  if (network === null) return;
  const others = after[NETWORK].flatMap((row) => parsePrefix(row['address'] ?? '') ?? []);
  const isLeft = (range: Ipv4Range): boolean =>
    isRangeWithin(range, network) && !others.some((other) => isRangeWithin(range, other));
  for (const pool of after[POOL]) {
    const server = after[SERVER].find((row) => row['address-pool'] === pool['name']);
    if (server === undefined || !rangesOf(pool).some(isLeft)) continue;
    throw unsafe(
      `The DHCP network ${address} still has the pool ${pool['name']}, which the server ${server['name']} gives out.`,
      'Remove the server, or give it another pool, in the same plan.',
    );
  }
  const lease = staticLeases.find(
    (one) => isWithin(one.address, network) && !others.some((other) => isWithin(one.address, other)),
  );
  if (lease === undefined) return;
  throw unsafe(
    `The DHCP network ${address} still has the static lease of ${lease.macAddress}.`,
    'Remove the static leases first, with a plan of the kind dhcp_leases.',
  );
}

/** A lease that lost its server is not served by another one of that name. */
function refuseServerInUse({ staticLeases, servers }: DhcpServiceState, name: string): void {
  const leases = staticLeases.filter(({ server }) => server === name);
  if (leases.length > 0) {
    const which = leases.length === 1 ? 'the static lease' : `${leases.length} static leases, such as that`;
    throw unsafe(
      `The DHCP server ${name} has ${which} of ${leases[0]?.macAddress}.`,
      'Remove them first, with a plan of the kind dhcp_leases; or disable the server.',
    );
  }
  if (!servers.some(({ row, hasScript }) => row['name'] === name && hasScript === 'true')) return;
  throw unsafe(
    `The DHCP server ${name} runs a script, which may hold secrets and could not be put back.`,
    'Disable the server, or remove it at the router.',
  );
}

function refuseOverlaps({ [POOL]: pools }: Tables, steps: readonly Step[]): void {
  for (const name of touched(steps, POOL, 'ranges')) {
    const own = rangesOf(pools.find((row) => row['name'] === name));
    const other = pools.find(
      (row) =>
        row['name'] !== name && rangesOf(row).some((range) => own.some((mine) => haveCommonAddress(mine, range))),
    );
    if (other === undefined) continue;
    throw new AppError('CONFLICT', {
      message: `The pool ${name} would have addresses of the pool ${other['name']}; two clients could get the same one.`,
      hint: 'Take other ranges, or make those of the other pool smaller in the same plan; list_pools shows them.',
    });
  }
}

/** Addresses that clients must not get, because they belong to no network or to somebody in it. */
function refuseOutside(after: Tables, steps: readonly Step[]): void {
  const networks = after[NETWORK].flatMap((row) => {
    const prefix = parsePrefix(row['address'] ?? '');
    return prefix === null ? [] : [{ prefix, row }];
  });
  const changed = touched(steps, POOL, 'ranges');
  const moved = new Set(touched(steps, NETWORK, 'gateway'));
  for (const pool of after[POOL]) {
    const isChanged = changed.includes(pool['name'] ?? '');
    for (const range of rangesOf(pool)) {
      const around = networks.filter(({ prefix }) => isRangeWithin(range, prefix));
      if (isChanged && around.length === 0) {
        throw unsafe(
          `The pool ${pool['name']} has addresses outside of every DHCP network; clients that got one would learn no gateway.`,
          'Give the network in the same plan, or take ranges of one that is there; list_dhcp_servers shows them.',
        );
      }
      for (const { prefix, row } of around) {
        if (isChanged || moved.has(row['address'] ?? '')) refuseReserved(pool, range, prefix, row);
      }
    }
  }
}

function refuseReserved(pool: RouterValues, range: Ipv4Range, prefix: Prefix, network: RouterValues): void {
  const { first, last } = addressesOf(prefix);
  const isLarge = prefix.length < 31;
  if (isLarge && (range.first === first || range.last === last)) {
    throw unsafe(
      `The pool ${pool['name']} has the first or last address of ${network['address']}, which no machine can have.`,
      'Leave those two out.',
    );
  }
  const gateway = toList(network['gateway']).find((text) => {
    const address = parseAddress(text);
    return address !== null && range.first <= address.value && address.value <= range.last;
  });
  if (gateway === undefined) return;
  throw unsafe(
    `The pool ${pool['name']} has ${gateway}, the gateway of ${network['address']}; a client could get its address.`,
    'Leave the gateway out of the ranges.',
  );
}

/** Names of the rows whose field the steps set. */
function touched(steps: readonly Step[], menu: string, field: string): string[] {
  return steps.flatMap((step) => {
    if (step.op === 'set' || step.menu !== menu) return [];
    const isSet = (step.op === 'add' && field in step.values) || (step.op === 'change' && field in step.after);
    return isSet ? (step.key['name'] ?? step.key['address'] ?? []) : [];
  });
}

function rangesOf(pool: RouterValues | undefined): Ipv4Range[] {
  return parseRanges(pool?.['ranges'] ?? '') ?? [];
}

function quoted(name: string | undefined): string {
  return JSON.stringify(name ?? '');
}

function unsafe(message: string, hint: string): AppError {
  return new AppError('UNSAFE_OPERATION', { message, hint });
}
