import type { Item, RouterView, Values } from '../engine/definition.ts';
import { isAtLeast } from '../engine/version.ts';
import { formatIp, type IpAddress, parseIp, prefixContains } from '../values/ip-prefix.ts';
import { mannerOf } from './outside.ts';
import { ownAddresses } from './own-addresses.ts';
import { configuredRoutes } from './resolve-routes.ts';
import { resolveRouterId } from './router-id.ts';

/** A session that a connection has or had. */
export type BgpSession = {
  readonly connection: Item;
  readonly isEstablished: boolean;
  /** Of an established session: for how long, in milliseconds. */
  readonly uptimeMs: number;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remoteAs: string;
  readonly remoteId: string;
  readonly localAs: string;
  readonly localId: string;
  readonly isInternal: boolean;
};

/** First version in which connections belong to an instance that holds the AS number and the id. */
export const INSTANCE_SINCE = '7.20';

/** How long it takes to establish a session, in milliseconds. */
const ESTABLISHING_MS = 5000;

/** A field of a connection, or of the templates that it names. */
export function setting(connection: Item, name: string, router: RouterView): string | undefined {
  const own = connection.values[name];
  if (own !== undefined) return own;
  const names = connection.values['templates']?.split(',') ?? [];
  const templates = router.items('/routing/bgp/template');
  for (const wanted of names) {
    const template = templates.find(({ id, values }) => id === wanted || values['name'] === wanted);
    const value = template?.values[name];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The instance of a connection; undefined when it has none, or the version has no instances. */
export function instanceOf(connection: Item, router: RouterView): Item | undefined {
  return router.items('/routing/bgp/instance').find(({ id }) => id === connection.values['instance']);
}

/** Why a connection does nothing; undefined when it works. */
export function inactiveReason(connection: Item, router: RouterView): string | undefined {
  if (connection.values['disabled'] === 'true') return 'disabled';
  if (isAtLeast(router.version, INSTANCE_SINCE)) {
    const instance = instanceOf(connection, router);
    if (!instance) return 'no instance';
    if (instance.values['disabled'] === 'true') return 'instance disabled';
  }
  return localAs(connection, router) === undefined ? 'no local AS' : undefined;
}

/** Sessions of connections whose other end was ever reached. */
export function bgpSessions(router: RouterView): BgpSession[] {
  return router.items('/routing/bgp/connection').flatMap((connection) => {
    const remote = parseIp(connection.values['remote.address']?.split('/')[0] ?? '');
    const since = connection.internal['startedMs'] ?? 0;
    const ageMs = router.clock.uptimeMs() - Math.max(since, instanceOf(connection, router)?.internal['startedMs'] ?? 0);
    if (!remote || inactiveReason(connection, router) !== undefined || ageMs < ESTABLISHING_MS) return [];
    const local = localAddress(connection, remote, router);
    const isEstablished = local !== undefined && connection.internal['stopped'] !== 1 && mannerOf(remote) !== 'silent';
    if (!isEstablished && connection.internal['met'] !== 1) return [];
    connection.internal['met'] = 1;
    return [describe(connection, remote, local, isEstablished, ageMs - ESTABLISHING_MS, router)];
  });
}

function describe(
  connection: Item,
  remote: IpAddress,
  local: string | undefined,
  isEstablished: boolean,
  uptimeMs: number,
  router: RouterView,
): BgpSession {
  const isInternal = connection.values['local.role']?.startsWith('ibgp') === true;
  const localNumber = localAs(connection, router) ?? '0';
  const remoteNumber = setting(connection, 'remote.as', router);
  return {
    connection,
    isEstablished,
    uptimeMs,
    localAddress: local ?? connection.values['local.address'] ?? '',
    remoteAddress: formatIp(remote),
    remoteAs: remoteNumber ?? (isInternal ? localNumber : UNNAMED_AS),
    remoteId: formatIp({ family: 4, value: remote.family === 4 ? remote.value : 0x0afffe01n }),
    localAs: localNumber,
    localId: resolveRouterId(router, routerIdSetting(connection, router)),
    isInternal,
  };
}

/** The AS of the other end when the connection takes any. */
const UNNAMED_AS = '65001';

function localAs(connection: Item, router: RouterView): string | undefined {
  return instanceOf(connection, router)?.values['as'] ?? setting(connection, 'as', router);
}

function routerIdSetting(connection: Item, router: RouterView): string | undefined {
  return instanceOf(connection, router)?.values['router-id'] ?? setting(connection, 'router-id', router);
}

/** The address that the session starts from: in the network of the other end, or any when it may be far away. */
function localAddress(connection: Item, remote: IpAddress, router: RouterView): string | undefined {
  const own = ownAddresses(router, remote.family).filter(({ usable }) => usable);
  const near = own.find(({ prefix }) => prefixContains(prefix, remote));
  if (near) return formatIp(near.prefix);
  const mayBeFar =
    setting(connection, 'multihop', router) === 'true' || connection.values['local.role']?.startsWith('ibgp') === true;
  const isRouted = configuredRoutes(router, remote.family).some(
    (route) => route.active && !route.blackhole && prefixContains(route.destination, remote),
  );
  return mayBeFar && isRouted && own[0] ? formatIp(own[0].prefix) : undefined;
}

/** Networks that every other end announces. */
export function announcedBy(session: BgpSession): readonly string[] {
  const last = Number(parseIp(session.remoteAddress)?.value ?? 0n) % 64;
  return [0, 1, 2].map((number) => `172.${16 + (last % 16)}.${last * 4 + number}.0/24`);
}

/** Networks that the router announces: those of an address list, and what it redistributes. */
export function announcedTo(session: BgpSession, router: RouterView): string[] {
  const list = setting(session.connection, 'output.network', router);
  const listed = router
    .items('/ip/firewall/address-list')
    .filter(({ values }) => list !== undefined && values['list'] === list && values['disabled'] !== 'true')
    .flatMap(({ values }) => values['address'] ?? []);
  const kinds = (setting(session.connection, 'output.redistribute', router) ?? '').split(',');
  const redistributed = configuredRoutes(router, 4)
    .filter(({ active, source }) => active && kinds.includes(source === 'connect' ? 'connected' : source))
    .map(({ destination }) => `${formatIp(destination)}/${destination.length}`);
  return [...new Set([...listed, ...redistributed])];
}

/** Keys of a session that the values of its connection decide. */
export const timersOf = (session: BgpSession, router: RouterView): Values => ({
  'hold-time': setting(session.connection, 'hold-time', router) ?? '3m',
  'keepalive-time': setting(session.connection, 'keepalive-time', router) ?? '1m',
});
