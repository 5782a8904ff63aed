import { toSeconds } from '../../routeros/durations.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBps, toNumber, toRequiredText } from '../../routeros/values.ts';

export const BANDS = ['2.4GHz', '5GHz', '6GHz'] as const;
export type Band = (typeof BANDS)[number];

/** The band of `5ghz-ax`, of `2ghz-b/g/n`, or of a channel such as `5180/ax/Ceee`; null when it is none of them. */
export function bandOf(text: string | undefined): Band | null {
  const word = /^([256])ghz/.exec(text ?? '');
  if (word) return BAND_BY_DIGIT[word[1] ?? ''] ?? null;
  const megahertz = frequencyOf(text);
  if (megahertz === null) return null;
  if (megahertz < 3_000) return '2.4GHz';
  return megahertz < FIRST_6GHZ_MHZ ? '5GHz' : '6GHz';
}

const BAND_BY_DIGIT: Readonly<Record<string, Band>> = { 2: '2.4GHz', 5: '5GHz', 6: '6GHz' };
const FIRST_6GHZ_MHZ = 5_930;

/** Megahertz at the beginning of a channel such as `2412/20-Ce/gn(27dBm)`; null when it does not begin so. */
export function frequencyOf(text: string | undefined): number | null {
  const match = /^(\d{4})(?![\d-])/.exec(text ?? '');
  return match ? Number(match[1]) : null;
}

/** The power in a channel such as `2412/20-Ce/gn(27dBm)`. */
export function powerOf(text: string | undefined): number | null {
  const match = /\((-?\d{1,2})dBm\)/.exec(text ?? '');
  return match ? Number(match[1]) : null;
}

/** Decibels of `-61`, `-61dBm` or `-61@6Mbps`; null when absent. */
export function signalOf(text: string | undefined): number | null {
  const match = /^(-?\d{1,3})(?:dBm)?(?:@|$)/.exec(text ?? '');
  return match ? Number(match[1]) : null;
}

/** Bits per second of `866.6Mbps-80MHz/2S/SGI` or of plain digits; null when absent. */
export function rateOf(text: string | undefined): number | null {
  const rate = (text ?? '').split('-')[0];
  return /^\d+(\.\d+)?([kMG]?bps)?$/.test(rate ?? '') ? toBps(rate) : null;
}

/** What the registration tables of all drivers tell of a client in the same words. */
export function clientFacts(row: RouterRecord) {
  const bytes = sentAndReceived(row['bytes']);
  return {
    macAddress: toRequiredText(row['mac-address'], 'mac-address'),
    txRateBps: rateOf(row['tx-rate']),
    rxRateBps: rateOf(row['rx-rate']),
    txBytes: bytes.sent,
    rxBytes: bytes.received,
    uptimeSeconds: toSeconds(row['uptime']),
    vlanId: toNumber(row['vlan-id']),
  };
}

/** Both halves of a pair such as `1234,5678`, of which the first is what was sent. */
export function sentAndReceived(text: string | undefined): { sent: number | null; received: number | null } {
  const match = /^(\d+),(\d+)$/.exec(text ?? '');
  return match ? { sent: Number(match[1]), received: Number(match[2]) } : { sent: null, received: null };
}

/** How many clients are registered at each interface. */
export function countByInterface(registrations: readonly RouterRecord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { interface: name = '' } of registrations) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The name of the radio's own interface that a virtual access point stands on: where its masters end. */
export function radioOf(name: string, interfaces: readonly RouterRecord[]): RouterRecord | undefined {
  let row = interfaces.find((candidate) => candidate['name'] === name);
  // No driver nests deeper, and a reply might go round in a circle.
  for (let depth = 0; depth < 4 && row && masterOf(row) !== null; depth++) {
    const master = masterOf(row);
    row = interfaces.find((candidate) => candidate['name'] === master);
  }
  return row;
}

/** The interface a virtual access point stands on; null for the one of a radio. */
export function masterOf(row: RouterRecord): string | null {
  const master = row['master-interface'];
  return master === undefined || master === '' || master === 'none' ? null : master;
}
