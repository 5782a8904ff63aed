import { toBytes } from '../../routeros/values.ts';

/** How much of a memory or disk is in use; null where the router does not say. */
export interface Usage {
  freeBytes: number | null;
  totalBytes: number | null;
  usedPercent: number | null;
}

export function usage(free: string | undefined, total: string | undefined): Usage {
  const [freeBytes, totalBytes] = [toBytes(free), toBytes(total)];
  const isKnown = freeBytes !== null && totalBytes !== null && totalBytes > 0;
  // One decimal: what is stored and compared over days should not flicker.
  return { freeBytes, totalBytes, usedPercent: isKnown ? Math.round((1 - freeBytes / totalBytes) * 1000) / 10 : null };
}
