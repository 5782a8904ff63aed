import type { Item, RouterView } from '../../engine/definition.ts';
import { isRunning } from './running.ts';

/** What passes an interface in one second. */
export type Traffic = {
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly txBytes: number;
  readonly txPackets: number;
};

/** The traffic of an interface now: steady while it runs, different for every interface and router, else nothing. */
export function trafficOf(item: Item, router: RouterView): Traffic {
  return isRunning(item, router) ? rateOf(item, router) : NO_TRAFFIC;
}

/** Bytes and packets since the counters began, which is at boot or when they were reset. */
export function countersOf(item: Item, router: RouterView): Traffic {
  const seconds = runningMs(item, router) / 1000;
  const rate = rateOf(item, router);
  const total = (perSecond: number): number => Math.floor(perSecond * seconds);
  return {
    rxBytes: total(rate.rxBytes),
    rxPackets: total(rate.rxPackets),
    txBytes: total(rate.txBytes),
    txPackets: total(rate.txPackets),
  };
}

/** Begins counting anew. */
export function resetCounters(item: Item, router: RouterView): void {
  item.internal['countedMs'] = 0;
  item.internal['runsFromMs'] = router.clock.uptimeMs();
}

/** Keeps what was counted while the interface ran: it goes down. */
export function stopCounting(item: Item, router: RouterView): void {
  item.internal['countedMs'] = runningMs(item, router);
}

/** Goes on counting from now: the interface comes up. */
export function startCounting(item: Item, router: RouterView): void {
  item.internal['runsFromMs'] = router.clock.uptimeMs();
}

function runningMs(item: Item, router: RouterView): number {
  const counted = item.internal['countedMs'] ?? 0;
  if (item.internal['up'] !== 1) return counted;
  return counted + Math.max(0, router.clock.uptimeMs() - (item.internal['runsFromMs'] ?? 0));
}

function rateOf(item: Item, router: RouterView): Traffic {
  const load = 1 + ((Number.parseInt(item.id.slice(1), 16) * 7 + router.index * 3) % 5);
  return { rxBytes: 1153 * load, rxPackets: 7 * load, txBytes: 2311 * load, txPackets: 9 * load };
}

const NO_TRAFFIC: Traffic = { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 };
