import type { Item, RouterView } from '../engine/definition.ts';
import { listMembers } from '../menus/interface/list-members.ts';
import { parseDurationMs } from '../values/duration.ts';
import { formatIp, type IpPrefix, networkPrefix, parseIpPrefix, prefixContains } from '../values/ip-prefix.ts';
import { type OwnAddress, ownAddresses } from './own-addresses.ts';
import { resolveRouterId } from './router-id.ts';

/** A template with the area and the instance it works for. */
export type ActiveTemplate = { readonly template: Item; readonly area: Item; readonly instance: Item };

/** An interface that speaks OSPF now. */
export type OspfInterface = ActiveTemplate & {
  readonly own: OwnAddress;
  readonly isPassive: boolean;
  /** How long it has been speaking, in milliseconds. */
  readonly ageMs: number;
};

/** Another router heard on such an interface. */
export type OspfNeighbour = {
  readonly on: OspfInterface;
  readonly address: string;
  readonly routerId: string;
  readonly state: 'Init' | 'TwoWay' | 'ExStart' | 'Exchange' | 'Loading' | 'Full';
  /** How long the adjacency has been full, in milliseconds. */
  readonly adjacencyMs: number;
};

/** The template when it, its area and its instance are enabled. */
export function activeTemplate(template: Item, router: RouterView): ActiveTemplate | undefined {
  const area = router.items('/routing/ospf/area').find(({ id }) => id === template.values['area']);
  const instance = router.items('/routing/ospf/instance').find(({ id }) => id === area?.values['instance']);
  if (!area || !instance) return undefined;
  const isOff = [template, area, instance].some(({ values }) => values['disabled'] === 'true');
  return isOff ? undefined : { template, area, instance };
}

/** Interfaces with an address that a template takes; the first template counts. */
export function ospfInterfaces(router: RouterView): OspfInterface[] {
  const templates = router
    .items('/routing/ospf/interface-template')
    .flatMap((template) => activeTemplate(template, router) ?? []);
  if (templates.length === 0) return [];
  return ownAddresses(router).flatMap((own) => {
    const active = own.usable ? templates.find(({ template }) => takes(template, own, router)) : undefined;
    if (!active) return [];
    const started = [active.template, active.area, active.instance].map(({ internal }) => internal['startedMs'] ?? 0);
    const ageMs = router.clock.uptimeMs() - Math.max(...started);
    return [{ ...active, own, isPassive: active.template.values['passive'] !== undefined, ageMs }];
  });
}

/** One neighbour on every interface that is not passive, once its hello was heard. */
export function ospfNeighbours(router: RouterView): OspfNeighbour[] {
  return ospfInterfaces(router).flatMap((on): OspfNeighbour[] => {
    const heardMs = parseDurationMs(on.template.values['hello-interval'] ?? '10s') ?? 10_000;
    const address = neighbourAddress(on.own.prefix);
    if (on.isPassive || on.ageMs < heardMs || address === undefined) return [];
    const waitMs = isPointToPoint(on.template)
      ? 0
      : (parseDurationMs(on.template.values['dead-interval'] ?? '40s') ?? 0);
    const sinceMs = on.ageMs - heardMs;
    const fullMs = 2000 + waitMs + 4000;
    const routerId = neighbourId(on.own.prefix);
    return [{ on, address, routerId, state: stateAt(sinceMs, waitMs), adjacencyMs: Math.max(0, sinceMs - fullMs) }];
  });
}

export const isPointToPoint = ({ values }: Item): boolean => values['type']?.startsWith('ptp') === true;

/** Designated router of a broadcast network: the one with the higher id, the other is the backup. */
export function isDesignated(neighbour: OspfNeighbour, router: RouterView): boolean {
  const own = parseIpPrefix(resolveRouterId(router, neighbour.on.instance.values['router-id']));
  const other = parseIpPrefix(neighbour.routerId);
  return (own?.value ?? 0n) > (other?.value ?? 0n);
}

function stateAt(sinceMs: number, waitMs: number): OspfNeighbour['state'] {
  const steps = [
    [2000, 'Init'],
    [2000 + waitMs, 'TwoWay'],
    [3000 + waitMs, 'ExStart'],
    [5000 + waitMs, 'Exchange'],
    [6000 + waitMs, 'Loading'],
  ] as const;
  return steps.find(([untilMs]) => sinceMs < untilMs)?.[1] ?? 'Full';
}

/** Templates without interfaces and networks take every interface. */
function takes({ values }: Item, own: OwnAddress, router: RouterView): boolean {
  const { interfaces, networks } = values;
  if (networks !== undefined) {
    const wanted = networks.split(',').flatMap((network) => parseIpPrefix(network) ?? []);
    if (!wanted.some((network) => prefixContains(network, own.prefix))) return false;
  }
  if (interfaces === undefined) return true;
  return interfaces.split(',').some((id) => {
    const list = router.items('/interface/list').find((item) => item.id === id)?.values['name'];
    const members = list === undefined ? [id] : listMembers(list, router).map((item) => item.id);
    return members.includes(own.interface) || members.includes(own.actualInterface);
  });
}

/** The first machine of the network that is not the router itself. */
function neighbourAddress(prefix: IpPrefix): string | undefined {
  if (prefix.length > 30) return undefined;
  const network = networkPrefix(prefix).value;
  const value = prefix.value === network + 1n ? network + 2n : network + 1n;
  return formatIp({ family: 4, value });
}

function neighbourId(prefix: IpPrefix): string {
  return formatIp({ family: 4, value: 0x0afffe00n | ((networkPrefix(prefix).value >> 8n) % 254n) });
}
