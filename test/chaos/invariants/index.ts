import type { Invariant } from '../evidence.ts';
import { approvedBeforeWritten } from './approval.ts';
import { outcomesAudited, writesAudited } from './audit.ts';
import { nothingLeft, plansSettled } from './nothing-left.ts';
import { orderRestored, untouchedInOrder } from './order.ts';
import { skipsHeeded } from './skips.ts';
import { heldAsWritten, wholeAsTold } from './wholeness.ts';
import { onlyWhatWasPlanned, writtenOnce } from './written-once.ts';

/** All that must hold of every seed. */
export const INVARIANTS: readonly Invariant[] = [
  plansSettled,
  onlyWhatWasPlanned,
  writtenOnce,
  wholeAsTold,
  heldAsWritten,
  approvedBeforeWritten,
  untouchedInOrder,
  orderRestored,
  writesAudited,
  outcomesAudited,
  skipsHeeded,
  nothingLeft,
];
