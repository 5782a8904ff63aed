import { z } from 'zod';

const ULID = '[0-9A-HJKMNP-TV-Z]{26}';
/** `drf_` + ULID. */
export const DriftId = z.string().regex(new RegExp(`^drf_${ULID}$`), 'the id of a drift is "drf_" and 26 characters');

/** How an object differs from the baseline; `moved`: its place among the others of an ordered menu. */
export const DriftKind = z.enum(['added', 'removed', 'changed', 'moved']);
export type DriftKind = z.infer<typeof DriftKind>;

/** `acknowledged`: expected until a date. `gone`: the object is as the baseline says again. */
export const DriftState = z.enum(['open', 'acknowledged', 'gone']);
export type DriftState = z.infer<typeof DriftState>;

/** Fields of an object as the export writes them, with secrets masked; null where the object is not there. */
export type DriftValues = Readonly<Record<string, string>> | null;

/** Who changed an object and when, as far as the router's own history or log tells. All texts are the router's: data. */
export interface DriftAuthor {
  /** The login. */
  by: string;
  /** By the router's clock, ISO 8601; null when it could not be read. */
  at: string | null;
  /** What the router calls it, such as `filter rule changed`. */
  action: string;
  /**
   * `object`: the entry of the history is about this very change. `menu`: the newest change in the menu, perhaps of another
   * object. `log`: the history says nothing, and this is the newest line of the log that fits, perhaps of another object.
   */
  match: 'object' | 'menu' | 'log';
}

/** Why drift is expected, and until when. */
export interface DriftAcknowledgement {
  by: string;
  reason: string;
  /** ISO 8601. */
  at: string;
  /** ISO 8601: from then on it is told of again. */
  until: string;
}

/** One object of a router that is not as its baseline says. */
export interface Drift {
  driftId: string;
  deviceId: string;
  menu: string;
  /** Tells the object from the others of its menu. */
  objectKey: string;
  kind: DriftKind;
  /** As the baseline says. */
  before: DriftValues;
  /** As it was found last. */
  after: DriftValues;
  /** When it was first found, and last, ISO 8601. */
  foundAt: string;
  seenAt: string;
  author: DriftAuthor | null;
  acknowledgement: DriftAcknowledgement | null;
  goneAt: string | null;
  goneBecause: 'restored' | 'baseline' | null;
}

/** What a device should be, and how it was last compared with that. */
export interface Baseline {
  deviceId: string;
  /** The snapshot it was taken from. */
  snapshotId: string;
  /** Of the snapshot, ISO 8601; plans that ended later have moved it along. */
  asOf: string;
  setAt: string;
  /** Subject of the person, or of whoever asked for the plan. */
  setBy: string;
  reason: string;
  /** The plan that gave the device its first one; null when a person set it. */
  planId: string | null;
  /** RouterOS, as the snapshot says. */
  version: string | null;
  /** Raised whenever what it says changes. */
  revision: number;
  /** Objects it holds. */
  objects: number;
  check: BaselineCheck | null;
}

/** The last comparison of a device with its baseline. */
export interface BaselineCheck {
  at: string;
  /** The snapshot that was compared. */
  snapshotId: string;
  /** Of the snapshot's text, hex. */
  sha256: string;
  /** Of the baseline, after it followed plans. */
  revision: number;
  version: string | null;
  /** False: the router left menus out of its export, which were not compared. */
  isComplete: boolean;
}

/** Longest time for which drift can be acknowledged, days. */
export const MOST_ACKNOWLEDGED_DAYS = 366;

export function driftStateOf(
  { goneAt, acknowledgement }: Pick<Drift, 'goneAt' | 'acknowledgement'>,
  nowMs: number,
): DriftState {
  if (goneAt !== null) return 'gone';
  return acknowledgement !== null && Date.parse(acknowledgement.until) > nowMs ? 'acknowledged' : 'open';
}
