import type { RouterValues } from '../domain/change.ts';

/** One record as a router returns it; a key that is not set is absent. */
export type RouterRecord = Readonly<Record<string, string | undefined>>;

/**
 * What an operation or plan kind may do to one router. The implementation holds the connection, checks every menu
 * against what the operation declared, and turns the router's replies into AppErrors: DEVICE_UNREACHABLE,
 * DEVICE_TIMEOUT, DEVICE_AUTH_FAILED, DEVICE_PERMISSION_DENIED, DEVICE_TLS_MISMATCH, DEVICE_UNSUPPORTED, DEVICE_ERROR,
 * DEVICE_REPLY_INVALID; OUTCOME_UNKNOWN only for writes.
 */
export interface Router {
  /** The record of a singleton menu, such as `/ip/dns`. */
  get(menu: string): Promise<RouterRecord>;
  /** All records of a list menu, in the router's order; `where` filters on exact values at the router. */
  list(menu: string, options?: { where?: RouterValues; fields?: readonly string[] }): Promise<RouterRecord[]>;
  /** Sets fields of a singleton menu. Never retried: a lost reply is OUTCOME_UNKNOWN. */
  set(menu: string, values: RouterValues): Promise<void>;
}
