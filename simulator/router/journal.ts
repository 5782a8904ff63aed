import type { Row, Transport } from '../engine/definition.ts';

/** One applied write. `before` and `after` are printed rows; null where there is none (add, remove). */
export type JournalEntry = {
  readonly seq: number;
  /** When, by this machine's clock (ISO 8601). */
  readonly time: string;
  readonly user: string;
  readonly address: string;
  readonly transport: Transport;
  readonly path: string;
  /** `add`, `set`, `remove`, or the menu's own command. */
  readonly command: string;
  /** The row; null for singletons. */
  readonly id: string | null;
  readonly before: Row | null;
  readonly after: Row | null;
};

/** What reached the router. `writes` counts applied writes that came over a management protocol. */
export type Counters = {
  requests: number;
  writes: number;
  /** Most requests that were received and not yet answered at one moment. */
  maxInFlight: number;
  connections: number;
  tlsHandshakes: number;
};

/** The router's own record of what was done to it: the witness tests ask instead of asking the program. */
export class Journal {
  readonly counters: Counters = { requests: 0, writes: 0, maxInFlight: 0, connections: 0, tlsHandshakes: 0 };
  /** Called after every applied write. */
  onWrite: () => void = () => undefined;
  #entries: JournalEntry[] = [];
  #inFlight = 0;
  #lastSeq = 0;

  /** Requests that were received and not yet answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  record(entry: Omit<JournalEntry, 'seq' | 'time'>): void {
    this.#lastSeq += 1;
    this.#entries.push({ seq: this.#lastSeq, time: new Date().toISOString(), ...entry });
    if (entry.transport === 'rest' || entry.transport === 'ssh') this.counters.writes += 1;
    this.onWrite();
  }

  /** A request arrived; call the result once when it was answered or given up. */
  requestArrived(): () => void {
    this.counters.requests += 1;
    this.#inFlight += 1;
    this.counters.maxInFlight = Math.max(this.counters.maxInFlight, this.#inFlight);
    let open = true;
    return () => {
      if (open) this.#inFlight -= 1;
      open = false;
    };
  }

  /** Forgets entries and counters; sequence numbers go on. */
  clear(): void {
    this.#entries = [];
    Object.assign(this.counters, { requests: 0, writes: 0, maxInFlight: 0, connections: 0, tlsHandshakes: 0 });
  }
}
