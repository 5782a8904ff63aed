import type { RouterView } from '../engine/definition.ts';
import { parseDurationMs } from '../values/duration.ts';
import { type DnsType, nameServers, resolveName, timeToLiveMs } from './resolve-name.ts';

const CACHE = '/ip/dns/cache/all';

/**
 * The addresses of a name as the router's resolver finds them, remembered in its cache; undefined when the name does
 * not exist or nobody answers.
 */
export function addressOf(router: RouterView, name: string, type: 'A' | 'AAAA' = 'A'): string | undefined {
  dropExpired(router);
  const cached = router.items(CACHE).find((item) => item.values['name'] === name && item.values['type'] === type);
  if (cached) return cached.values['data'];
  const answer = resolveName(router, name, type);
  if (!answer) return undefined;
  if (answer.from === 'upstream') {
    for (const record of answer.records) remember(router, record.name, record.type, record.data, record.ttlMs);
    if (answer.records.length === 0) remember(router, name, 'NXDOMAIN', '', NEGATIVE_TTL_MS);
  }
  return answer.records.find((record) => record.type === type)?.data;
}

/** How long the router remembers that a name does not exist, in milliseconds. */
const NEGATIVE_TTL_MS = 60_000;

function remember(router: RouterView, name: string, type: DnsType | 'NXDOMAIN', data: string, ttlMs: number): void {
  if (isCached(router, name, type)) return;
  const mostMs = parseDurationMs(router.singleton('/ip/dns')['cache-max-ttl'] ?? '1w') ?? ttlMs;
  const item = router.insert(CACHE, { name, type, data }, { dynamic: true });
  item.internal['expiresMs'] = router.clock.uptimeMs() + Math.min(ttlMs, mostMs);
}

function isCached(router: RouterView, name: string, type = 'A'): boolean {
  return router.items(CACHE).some(({ values }) => values['name'] === name && values['type'] === type);
}

/** How many entries the cache holds now. */
export function cachedCount(router: RouterView): number {
  refreshAskedNames(router);
  return router.items(CACHE).length;
}

/** Entries whose time is up leave the cache. */
export function dropExpired(router: RouterView): void {
  const now = router.clock.uptimeMs();
  router.discard(CACHE, ({ internal }) => (internal['expiresMs'] ?? 0) <= now);
}

/**
 * Machines of the local networks ask for the same names again and again: their answers are in the cache of a router
 * that lets them ask, each until its time is up, and come back with the next question.
 */
export function refreshAskedNames(router: RouterView): void {
  dropExpired(router);
  if (router.singleton('/ip/dns')['allow-remote-requests'] !== 'true' || nameServers(router).length === 0) return;
  const now = router.clock.uptimeMs();
  for (const [position, name] of ASKED_NAMES.entries()) {
    const ttlMs = timeToLiveMs(name);
    // Between two questions passes twice the time that an answer keeps.
    const askedMs = Math.floor(now / (2 * ttlMs)) * 2 * ttlMs + position * 1000;
    if (askedMs > now || askedMs <= flushedMs(router) || now - askedMs >= ttlMs || isCached(router, name)) continue;
    const [record] = resolveName(router, name)?.records ?? [];
    if (record) remember(router, name, 'A', record.data, askedMs + record.ttlMs - now);
  }
}

const ASKED_NAMES = ['example.com', 'www.example.net', 'update.example.org', 'time.example.com'] as const;

/** The cache of a router that came up: what machines asked since then. */
export function forgetCache(router: RouterView): void {
  router.discard(CACHE, () => true);
  delete router.items('/ip/dns')[0]?.internal['flushedMs'];
}

/** Forgets everything that was asked until now. */
export function flushCache(router: RouterView): void {
  router.discard(CACHE, () => true);
  const settings = router.items('/ip/dns')[0];
  if (settings) settings.internal['flushedMs'] = router.clock.uptimeMs();
}

const flushedMs = (router: RouterView): number => router.items('/ip/dns')[0]?.internal['flushedMs'] ?? -1;
