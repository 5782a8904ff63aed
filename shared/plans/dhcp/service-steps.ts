import type { RouterValues, Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { sameValue } from '../../routeros/canonical.ts';
import { areSameRanges, parseRanges } from '../../routeros/ipv4-ranges.ts';
import { additionOfRow, changeOfRow, removalOfRow, type RowWish } from '../row-steps.ts';
import { NETWORK, POOL, SERVER, type DhcpServiceState } from './service-state.ts';
import type { DhcpServiceInput, WantedNetwork, WantedPool, WantedServer } from './service-wish.ts';

/** What a pool without a next one is set to. */
const NO_NEXT: RouterValues = { 'next-pool': 'none' };

/**
 * From the captured rows to the wanted ones: what is added first, of pools, networks and servers in this order, then what
 * changes, then what is removed, in the reverse order.
 */
export function serviceSteps(state: DhcpServiceState, wish: DhcpServiceInput): Step[] {
  const pools = wish.pools.flatMap((one) => poolStep(state.pools, one) ?? []);
  const networks = wish.networks.flatMap((one) => networkStep(state.networks, one) ?? []);
  const servers = wish.servers.flatMap((one) => serverStep(state, one) ?? []);
  const steps = [...inOrderOfUse(pools), ...networks, ...servers];
  const removals = [...servers, ...networks, ...inOrderOfUse(pools).toReversed()].filter(({ op }) => op === 'remove');
  return [
    ...steps.filter(({ op }) => op === 'add'),
    ...[...pools, ...networks, ...servers.toSorted((one, other) => placeOf(one) - placeOf(other))].filter(
      ({ op }) => op === 'change',
    ),
    ...removals,
  ];
}

/** What is switched off comes first: then another server may take its interface. */
function placeOf(step: Step): number {
  return step.op === 'change' && step.after['disabled'] === 'true' ? 0 : 1;
}

function poolStep(pools: DhcpServiceState['pools'], wish: WantedPool): Step | null {
  const row = pools.find(({ name }) => name === wish.name);
  const key = { name: wish.name };
  if (wish.state === 'absent') return row === undefined ? null : removalOfRow(POOL, key, row);
  const text = wish.ranges?.join(',');
  const settings: RowWish = {
    ranges: row !== undefined && holdsRanges(row['ranges'], text) ? undefined : text,
    'next-pool': wish.nextPool === '' ? 'none' : wish.nextPool,
    comment: emptied(wish.comment),
  };
  if (row !== undefined) return changeOfRow(POOL, key, { ...NO_NEXT, ...row }, settings);
  if (text === undefined) throw notThere(`The router has no pool ${wish.name}`, 'ranges');
  return additionOfRow(POOL, key, { ...settings, 'next-pool': wish.nextPool });
}

function holdsRanges(held: string | undefined, wanted: string | undefined): boolean {
  const [one, other] = [parseRanges(held ?? ''), parseRanges(wanted ?? '')];
  return one !== null && other !== null && areSameRanges(one, other);
}

function networkStep(networks: DhcpServiceState['networks'], wish: WantedNetwork): Step | null {
  const row = networks.find(({ address }) => sameValue('address', address, wish.address));
  const key = { address: row?.['address'] ?? wish.address };
  if (wish.state === 'absent') return row === undefined ? null : removalOfRow(NETWORK, key, row);
  const settings: RowWish = {
    gateway: wish.gateway,
    'dns-server': wish.dnsServers?.join(','),
    'ntp-server': wish.ntpServers?.join(','),
    domain: emptied(wish.domain),
    'next-server': emptied(wish.nextServer),
    'boot-file-name': emptied(wish.bootFileName),
    'dhcp-option': wish.options?.join(','),
    comment: emptied(wish.comment),
  };
  return row === undefined ? additionOfRow(NETWORK, key, settings) : changeOfRow(NETWORK, key, row, settings);
}

function serverStep({ servers }: DhcpServiceState, wish: WantedServer): Step | null {
  const held = servers.find(({ row }) => row['name'] === wish.name);
  if (held?.dynamic === 'true') {
    throw new AppError('UNSAFE_OPERATION', {
      message: `The router made the DHCP server ${wish.name} itself, so it cannot be changed.`,
      hint: 'Take another name, or change at the router what the server is made by.',
    });
  }
  const key = { name: wish.name };
  if (wish.state === 'absent') return held === undefined ? null : removalOfRow(SERVER, key, held.row);
  const settings: RowWish = {
    interface: wish.interface,
    'address-pool': wish.pool,
    'lease-time': wish.leaseTimeSeconds === undefined ? undefined : `${wish.leaseTimeSeconds}s`,
    disabled: wish.enabled === undefined ? undefined : String(!wish.enabled),
    comment: emptied(wish.comment),
  };
  if (held !== undefined) return changeOfRow(SERVER, key, held.row, settings);
  if (wish.interface === undefined) throw notThere(`The router has no DHCP server ${wish.name}`, 'interface');
  if (wish.pool === undefined) throw notThere(`The router has no DHCP server ${wish.name}`, 'pool');
  // Some versions add servers switched off.
  return additionOfRow(SERVER, key, { ...settings, disabled: settings['disabled'] ?? 'false' });
}

/** An empty text takes the field away. */
function emptied(text: string | undefined): string | null | undefined {
  return text === '' ? null : text;
}

function notThere(message: string, field: string): AppError {
  return new AppError('DEVICE_ENTRY_MISSING', {
    message: `${message}, and to add it the plan must give ${field}.`,
    hint: `Give ${field}, or leave such devices out.`,
  });
}

/** A pool that another one names as its next comes in front of that. */
function inOrderOfUse(steps: readonly Step[]): Step[] {
  const byName = new Map(steps.map((step) => [nameOf(step), step]));
  const ordered = new Set<Step>();
  const place = (step: Step, above: ReadonlySet<Step>): void => {
    if (ordered.has(step) || above.has(step)) return;
    const next = step.op === 'add' || step.op === 'remove' ? step.values['next-pool'] : undefined;
    const needed = next === undefined ? undefined : byName.get(next);
    if (needed !== undefined) place(needed, new Set([...above, step]));
    ordered.add(step);
  };
  for (const step of steps) place(step, new Set());
  return [...ordered];
}

function nameOf(step: Step): string {
  return step.op === 'set' ? '' : (step.key['name'] ?? '');
}
