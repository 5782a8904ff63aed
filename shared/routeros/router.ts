import type { RouterValues } from '../domain/change.ts';
import type { RouterFacts } from './facts.ts';
import type { ExportedText, ExportOptions } from './config-export.ts';

/** One record as a router returns it; a key that is not set is absent. */
export type RouterRecord = Readonly<Record<string, string | undefined>>;

/**
 * What names one row of a list menu: fields with the values the row holds, such as `{ list: 'blocked', address: '192.0.2.1' }`.
 * Never an `.id`, which means another row on another device or after a restart. Rows that the router made itself
 * (`dynamic`) are only meant when the key says `dynamic: 'true'`.
 */
export type RowKey = RouterValues;

/** How a write ended that did not fail. `unchanged`: it was so already and nothing was written. */
export interface WriteResult {
  outcome: 'applied' | 'unchanged';
}

/** What a command answered: its rows, or the value it returned. */
export interface CommandReply {
  rows: RouterRecord[];
  /** What the command returned, such as the text of `/execute`; null when it returned nothing. */
  ret: string | null;
}

/** What a router says about the services it can be reached by. */
export interface ServiceRecords {
  /** The rows of `/ip/service`. */
  services: RouterRecord[];
  /** What its web server serves; null where the version cannot tell. */
  webserver: RouterRecord | null;
}

export interface ListOptions {
  /** Only rows that hold these values. The menu is read whole and filtered here: a filter costs a router as much. */
  where?: RouterValues;
  /** Only these fields, besides `.id`. Large menus are never read without. */
  fields?: readonly string[];
  /** Leaves out rows that the router made itself. Default false. */
  configuredOnly?: boolean;
  /**
   * Only rows that hold exactly these values, letter by letter as the router prints them: it leaves out the others itself.
   * For tables that may be too large to be read whole, such as routes.
   */
  only?: RouterValues;
}

/**
 * What an operation or plan kind may do to one router. The implementation holds the connection, checks every menu
 * against what the operation declared, and turns the router's replies into AppErrors: DEVICE_UNREACHABLE,
 * DEVICE_TIMEOUT, DEVICE_AUTH_FAILED, DEVICE_PERMISSION_DENIED, DEVICE_TLS_MISMATCH, DEVICE_UNSUPPORTED,
 * DEVICE_VALUE_REFUSED, DEVICE_ENTRY_EXISTS, DEVICE_ENTRY_MISSING, DEVICE_REFERENCE_MISSING, DEVICE_MODE_DENIED,
 * DEVICE_SESSION_LIMIT, DEVICE_ERROR, DEVICE_REPLY_INVALID.
 *
 * Writes of rows are never repeated blindly. They look before and, when the reply is lost or unclear, read again over a
 * new connection: they end applied, or fail as not applied (`details.outcome` is `not_applied`), or fail with
 * OUTCOME_UNKNOWN when reading could not tell.
 */
export interface Router {
  /** By what the router is reached. */
  readonly transport: 'rest' | 'ssh';
  /** Name or address under which the router is reached; seen from the router it may be another one, or none of its own. */
  readonly host: string;
  /** What the router is and can; asked once a boot, and in no operation's `paths`. */
  facts(): Promise<RouterFacts>;
  /** The record of a singleton menu, such as `/ip/dns`. */
  get(menu: string): Promise<RouterRecord>;
  /** All records of a list menu, in the router's order. */
  list(menu: string, options?: ListOptions): Promise<RouterRecord[]>;
  /** How many rows of a list menu hold exactly these values; the router counts and sends the number only. Default: all. */
  count(menu: string, only?: RouterValues): Promise<number>;
  /**
   * Sets fields of a singleton menu. Never retried: a lost reply is OUTCOME_UNKNOWN, and a refusal proves nothing; the
   * caller, who knows what was there before, settles both by reading.
   */
  set(menu: string, values: RouterValues): Promise<void>;
  /**
   * Adds a row that holds `values` and is named by `key`. Nothing is written when the row is there with these values;
   * PLAN_STALE when it is there with others. With `placeBefore` it is put in front of that row of an ordered menu.
   */
  add(menu: string, values: RouterValues, options: { key: RowKey; placeBefore?: RowKey | null }): Promise<WriteResult>;
  /** Changes fields of a row and takes back those in `unset`; DEVICE_ENTRY_MISSING when there is no such row. */
  change(menu: string, rowKey: RowKey, values: RouterValues, unset?: readonly string[]): Promise<WriteResult>;
  /** Removes a row. One that is gone already is success. */
  remove(menu: string, rowKey: RowKey): Promise<WriteResult>;
  /** Moves a row of an ordered menu in front of another one, or to the end with null; proven by the order read back. */
  move(menu: string, rowKey: RowKey, before: RowKey | null): Promise<WriteResult>;
  /**
   * Runs one of the commands in `ROUTER_COMMANDS`; any other is UNSAFE_OPERATION, and so is one without an end of its own.
   * Writing commands are never repeated: a lost reply is OUTCOME_UNKNOWN, and `details.settle` says how to find out.
   * With `row`, the command is about that row of the menu.
   */
  run(menu: string, command: string, args?: RouterValues, options?: { row?: RowKey }): Promise<CommandReply>;
  /**
   * The configuration as text, without secrets, over REST or else over SSH; the operation declares `/export`. A menu that
   * the device lacks is DEVICE_UNSUPPORTED.
   */
  exportConfiguration(options: ExportOptions): Promise<ExportedText>;
  /**
   * The services by which the device can be reached, asked over SSH also while REST does not answer or is left alone; the
   * operation declares `/ip/service`. DEVICE_UNSUPPORTED when the device is not reached over SSH.
   */
  inspectServices(): Promise<ServiceRecords>;
}
