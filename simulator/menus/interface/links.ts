import type { Item, RouterView } from '../../engine/definition.ts';
import { formatLocal } from '../../values/local-time.ts';
import { speedOf } from './port-hardware.ts';
import { isRunning } from './running.ts';
import { resetCounters, startCounting, stopCounting } from './traffic.ts';
import { noteRadios, RECONNECT_MS } from './wireless-clients.ts';

/**
 * Compares every interface with what it was before a change: those that came up or went down get their times, their
 * count of lost links, and a line in the log.
 */
export function noteLinks(router: RouterView): void {
  noteRadios(router);
  for (const item of router.items('/interface')) {
    const up = isRunning(item, router);
    if (up === (item.internal['up'] === 1)) continue;
    if (up) comeUp(item, router);
    else goDown(item, router);
  }
}

/** Clients were cut off a radio: its link goes down if those were all, and up again with the first that is back. */
export function noteLostClients(router: RouterView): void {
  noteLinks(router);
  router.clock.setTimer('interface/clients-are-back', RECONNECT_MS, () => noteLinks(router));
}

/** The links of a router that just came up. */
export function startLinks(router: RouterView): void {
  noteRadios(router, true);
  for (const item of router.items('/interface')) {
    resetCounters(item, router);
    item.internal['runsFromMs'] = 0;
    item.internal['linkDowns'] = 0;
    delete item.internal['lastDownMs'];
    delete item.internal['lastUpMs'];
    item.internal['up'] = isRunning(item, router) ? 1 : 0;
    if (item.internal['up'] === 1) item.internal['lastUpMs'] = router.bootedAtMs() + LINK_DELAY_MS;
  }
}

/** When a link last came up or went down, by the router's wall clock; undefined when it did not since boot. */
export function linkTime(which: 'lastUpMs' | 'lastDownMs', item: Item, router: RouterView): string | undefined {
  const at = item.internal[which];
  return at === undefined ? undefined : formatLocal(at, router.timeZone());
}

/** Ports have their link a moment after the router starts. */
const LINK_DELAY_MS = 12_000;

/** Disabling an interface changes neither its link times nor its count of lost links. */
const DISABLING_IS_A_LOST_LINK = false;

function comeUp(item: Item, router: RouterView): void {
  item.internal['up'] = 1;
  item.internal['lastUpMs'] = router.clock.now();
  startCounting(item, router);
  const speed = item.values['type'] === 'ether' ? ` (speed ${speedOf(item).short}, full duplex)` : '';
  router.log('interface,info', `${item.values['name']} link up${speed}`);
}

function goDown(item: Item, router: RouterView): void {
  stopCounting(item, router);
  item.internal['up'] = 0;
  if (DISABLING_IS_A_LOST_LINK || item.values['disabled'] !== 'true') {
    item.internal['linkDowns'] = (item.internal['linkDowns'] ?? 0) + 1;
    item.internal['lastDownMs'] = router.clock.now();
  }
  router.log('interface,info', `${item.values['name']} link down`);
}
