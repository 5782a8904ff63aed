import type { Field, Item, RouterProfile, RouterView } from '../../../engine/definition.ts';
import { computed } from '../../row-fields.ts';
import { countersOf } from '../traffic.ts';

/**
 * Counters of frames that were damaged or held up, of ports of boards; all zero while a cable is good. Source of the fields:
 * manual, Ethernet; which of them a board has differs, and is not measured.
 */
const NAMES = [
  'rx-align-error',
  'rx-fcs-error',
  'rx-fragment',
  'rx-jabber',
  'rx-overflow',
  'rx-pause',
  'rx-too-long',
  'rx-too-short',
  'tx-collision',
  'tx-late-collision',
  'tx-pause',
  'tx-underrun',
] as const;

/** Virtual ports have no hardware that counts. */
const available = ({ board }: RouterProfile): boolean => board.model !== undefined;

export const DAMAGE_COUNTERS: Readonly<Record<string, Field>> = Object.fromEntries(
  NAMES.map((name) => [name, { ...computed((item, router) => countOf(name, item, router)), available }]),
);

/** Of every eleven ports one hangs on a poor cable, which spoils a frame in 50,000. */
function countOf(name: (typeof NAMES)[number], port: Item, router: RouterView): string {
  const isPoor = (Number.parseInt(port.id.slice(1), 16) + router.index * 3) % 11 === 5;
  return String(name === 'rx-fcs-error' && isPoor ? Math.floor(countersOf(port, router).rxPackets / 50_000) : 0);
}
