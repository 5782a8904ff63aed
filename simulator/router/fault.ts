import { z } from 'zod';

export const FAULT_KINDS = [
  'refuse',
  'hang',
  'latency',
  'drop_reply',
  'error',
  'close',
  'auth',
  'slow_body',
  'reboot',
  'wrong_body',
] as const;

/**
 * A fault to put on a router. The method of what comes over SSH is `SSH`, its path that of the command: `/ip/dns/set`;
 * there `auth` strikes at the login, and `error` prints `detail`.
 *
 * - `refuse`: connections are refused (with `match`, `count` or `probability`: accepted and reset).
 * - `hang`: the request is read and never answered nor applied.
 * - `latency`: `latencyMs` more before the request is handled; combines with other faults.
 * - `drop_reply`: the request is handled, then the connection is cut without a reply.
 * - `error`: answers `status` (default 500) with `detail`; nothing is applied.
 * - `close`: the connection is cut before the request is handled.
 * - `auth`: answers 401; nothing is applied.
 * - `slow_body`: handled, the reply's body takes `latencyMs` (default 1000).
 * - `reboot`: the connection is cut, nothing is applied, the router is away for `latencyMs` (default 1000) and starts anew.
 * - `wrong_body`: handled, but the body is another menu's, or `detail` word for word.
 */
export const faultSchema = z
  .strictObject({
    kind: z.enum(FAULT_KINDS),
    /** Only requests with this method, at or below this path (as in the console: `/ip/dns/set`). */
    match: z
      .strictObject({ method: z.string().min(1).optional(), path: z.string().startsWith('/').optional() })
      .optional(),
    /** How many times it happens. Default: until it is taken away. */
    count: z.int().min(1).optional(),
    /** Chance for each request that matches. Default 1. */
    probability: z.number().gt(0).max(1).optional(),
    /** It starts to work this many milliseconds after it was put. Default 0. */
    afterMs: z.int().min(0).max(3_600_000).optional(),
    status: z.int().min(400).max(599).optional(),
    detail: z.string().optional(),
    latencyMs: z.int().min(0).max(600_000).optional(),
  })
  .refine((fault) => !fault.match?.path?.startsWith('/rest/'), {
    path: ['match', 'path'],
    message: 'paths are without /rest: /ip/dns/set',
  })
  .refine((fault) => fault.kind !== 'latency' || fault.latencyMs !== undefined, {
    path: ['latencyMs'],
    message: 'a latency fault needs latencyMs',
  });

export type Fault = z.infer<typeof faultSchema>;

/** What the faults make of one request: time lost first, then at most one mishap. */
export type Mishap = { readonly delayMs: number; readonly fault: Fault | undefined };

/** The faults on one router, each with what is left of its count. */
export class FaultPlan {
  #active: ActiveFault[] = [];

  /** Replaces all faults. */
  replace(faults: readonly Fault[]): void {
    const now = performance.now();
    this.#active = faults.map((fault) => ({
      fault,
      fromMs: now + (fault.afterMs ?? 0),
      left: fault.count ?? Infinity,
    }));
  }

  list(): readonly Fault[] {
    return this.#active.map(({ fault, left }) => (left === Infinity ? fault : { ...fault, count: left }));
  }

  /** When the next fault that closes the door starts to work, in milliseconds from now; undefined when none will. */
  refusesInMs(): number | undefined {
    const waits = this.#active.filter(({ fault }) => closesDoor(fault)).map(({ fromMs }) => fromMs - performance.now());
    return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits));
  }

  /** Takes what applies to a new connection: only `refuse` faults that name no request. */
  takeForConnection(): boolean {
    return this.#take((fault) => fault.kind === 'refuse' && !fault.match && !closesDoor(fault)) !== undefined;
  }

  /** Takes what applies to a request; `path` is without `/rest`. Only faults of these kinds. Default: all. */
  takeForRequest(method: string, path: string, kinds: readonly Fault['kind'][] = FAULT_KINDS): Mishap {
    const applies = (fault: Fault): boolean => kinds.includes(fault.kind) && matches(fault, method, path);
    let delayMs = 0;
    for (const entry of this.#active) {
      if (entry.fault.kind !== 'latency' || !this.#happens(entry, applies)) continue;
      delayMs += entry.fault.latencyMs ?? 0;
    }
    const fault = this.#take((candidate) => {
      if (candidate.kind === 'latency' || (candidate.kind === 'refuse' && !candidate.match)) return false;
      return applies(candidate);
    });
    return { delayMs, fault };
  }

  #take(applies: (fault: Fault) => boolean): Fault | undefined {
    return this.#active.find((entry) => this.#happens(entry, applies))?.fault;
  }

  #happens(entry: ActiveFault, applies: (fault: Fault) => boolean): boolean {
    if (entry.left <= 0 || performance.now() < entry.fromMs || !applies(entry.fault)) return false;
    if (Math.random() >= (entry.fault.probability ?? 1)) return false;
    entry.left -= 1;
    return true;
  }
}

type ActiveFault = { readonly fault: Fault; readonly fromMs: number; left: number };

/** A plain `refuse` closes the listening port; one that counts or rolls dice must see connections come in. */
function closesDoor(fault: Fault): boolean {
  return fault.kind === 'refuse' && !fault.match && fault.count === undefined && fault.probability === undefined;
}

function matches({ match }: Fault, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) return false;
  return match?.path === undefined || path === match.path || path.startsWith(`${match.path.replace(/\/$/, '')}/`);
}
