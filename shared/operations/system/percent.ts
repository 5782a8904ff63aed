import { toNumber } from '../../routeros/values.ts';

/** A share in percent, with its sign as a console prints it or without; null when absent. */
export function toPercent(text: string | undefined): number | null {
  return toNumber(text?.replace(/%$/, ''));
}
