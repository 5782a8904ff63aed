import type { TlsTrust } from '../../shared/domain/device.ts';
import type { RestMethod } from './exchange.ts';
import type { SshTarget } from './ssh-target.ts';

/** How to reach one router. Holds the clear password: never stored, logged or returned. */
export interface RouterTarget {
  /** Stands for the router in traces, which show no addresses. Default: nothing does. */
  deviceId?: string;
  /** Name or address; IPv6 without brackets. */
  host: string;
  restPort: number;
  tls: TlsTrust;
  username: string;
  password: string;
  /** For what REST cannot do. Default: there is none. */
  ssh?: SshTarget | null;
  /** Tried over SSH before the password, in PEM or OpenSSH form without a passphrase. */
  sshPrivateKey?: string | undefined;
  /** Requests on the way at the same time, 1 to 3. Default 1: a router works on one request of a user at a time. */
  maxInFlight?: number;
  limits?: Partial<RouterLimits>;
  /** Stands in front of every single request, retries included: a lane's slots and rate. */
  gate?: RequestGate;
  /** Stands in front of every command over SSH. Default: `gate`. */
  sshGate?: RequestGate;
  /** Told about every request when it ends. */
  observe?: (request: ObservedRequest) => void;
}

/** Runs `send` when the request may go; holds its slot until the returned promise settles. */
export type RequestGate = <T>(send: () => Promise<T>) => Promise<T>;

/** What became of one request; `outcome` is `ok`, the HTTP status it was refused with, or how the connection failed. */
export interface ObservedRequest {
  method: RestMethod | 'SSH';
  path: string;
  outcome: string;
  /** Of the answer over HTTP, when there was one. */
  status?: number | undefined;
  durationMs: number;
}

/** Times in milliseconds. */
export interface RouterLimits {
  /** Connection and TLS handshake. Default 5 000: small boards take up to 400 ms for RSA alone. */
  connectTimeoutMs: number;
  /**
   * From sending to the first byte of the reply. Default 20 000: RouterOS buffers the whole answer before it sends any of
   * it, and tables of thousands of rows take seconds.
   */
  headersTimeoutMs: number;
  /** From the first byte of the reply to the last. Default 10 000: a few MiB over a slow line. */
  bodyTimeoutMs: number;
  /** Default 16 MiB. */
  maxReplyBytes: number;
  /** Waits before the second, third, … try of a read; their number is the number of repeats. Default 250, 1 000. */
  readBackoffMs: readonly number[];
  /**
   * Silence towards the router after a request was cut off. Default 3 000: for up to 2.4 s RouterOS may answer the next
   * request with the status and body of the one that was cut off.
   */
  quietAfterTimeoutMs: number;
}

export const ROUTER_LIMITS: RouterLimits = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 20_000,
  bodyTimeoutMs: 10_000,
  maxReplyBytes: 16 * 1024 * 1024,
  readBackoffMs: [250, 1_000],
  quietAfterTimeoutMs: 3_000,
};
