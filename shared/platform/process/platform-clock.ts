import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Dependency } from './readiness.ts';

/** What all processes go by: the clock of the database, carried on by one that nobody sets. */
interface Anchor {
  databaseMs: number;
  steadyMs: number;
}

/** Of this process; null until it has asked, and in programs that never do. */
let anchor: Anchor | null = null;

/**
 * What time it is, whole milliseconds since 1970, for whatever is compared with times of other processes: until when a plan
 * may be approved, a token is good, a window is open. A process of Convoy goes by the database's clock from its start on, so
 * that setting the clock of its machine changes nothing; before, and elsewhere, it is the machine's. How long something
 * lasts is measured with `performance.now()` instead.
 */
export function currentMs(): number {
  return anchor === null ? Date.now() : Math.floor(carriedOn(anchor));
}

/** The same, ISO 8601. */
export function currentIso(): string {
  return new Date(currentMs()).toISOString();
}

function carriedOn({ databaseMs, steadyMs }: Anchor): number {
  return databaseMs + (performance.now() - steadyMs);
}

export interface PlatformClockOptions {
  /** Reads the clock of the database, and notes for others how far this machine's was off before, milliseconds. */
  database: {
    clockMs(): Promise<number>;
    clocks: { tell(process: string, offsetMs: number): Promise<void> };
  };
  /** Of process, as `convoy doctor` names it. */
  kind: 'web' | 'worker' | 'gateway';
  metrics: Pick<Metrics, 'clockOffset'>;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Between two looks, milliseconds. Default 15 000. */
  everyMs?: number;
  /** Default: the machine's. */
  machineMs?: () => number;
}

export interface PlatformClock {
  /** Degraded, never down, while the machine's clock is off. */
  dependency: Dependency;
  /** Looks now; it never fails. */
  look(): Promise<void>;
  close(): void;
}

/** A machine's clock may differ by so much from the database's, milliseconds. */
const ALLOWED_MS = 5_000;
/** `/readyz` gives each dependency three seconds. */
const PATIENCE_MS = 2_000;

/** Goes by the database's clock from now on, and watches how far this machine's own is off. The first look is waited for. */
export async function keepPlatformTime(options: PlatformClockOptions): Promise<PlatformClock> {
  const { database, kind, metrics, log, everyMs = 15_000, machineMs = Date.now } = options;
  const name = `${kind} ${hostname()}/${process.pid}`;
  let wasOff = false;
  let running: Promise<void> | null = null;

  const offset = (): number | null => (anchor === null ? null : Math.round(machineMs() - carriedOn(anchor)));

  async function ask(): Promise<void> {
    const askedAt = performance.now();
    const databaseMs = await database.clockMs();
    anchor = closest(anchor, databaseMs, performance.now() - askedAt);
  }

  async function lookOnce(): Promise<void> {
    // Of a database that is away others tell; time goes on from where it was.
    await ask().catch(() => undefined);
    const offsetMs = offset();
    if (offsetMs === null) return;
    metrics.clockOffset.set(offsetMs / 1000);
    if (isOff(offsetMs) && !wasOff) log.warn({ offsetMs }, 'clock of this machine is off');
    if (!isOff(offsetMs) && wasOff) log.info({ offsetMs }, 'clock of this machine is right again');
    wasOff = isOff(offsetMs);
    // A database that takes no writes still says what time it is.
    await database.clocks.tell(name, offsetMs).catch(() => undefined);
  }

  const look = (): Promise<void> => {
    running ??= lookOnce().finally(() => {
      running = null;
    });
    return running;
  };
  await look();
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return {
    dependency: {
      name: 'clock',
      async check() {
        await inTime(look());
        const offsetMs = offset();
        if (offsetMs === null) return {};
        const facts = { offsetSeconds: Math.round(offsetMs / 100) / 10 };
        return { facts, degraded: isOff(offsetMs) ? sayOffset(offsetMs) : undefined };
      },
    },
    look,
    close: () => clearInterval(timer),
  };
}

/** Whether a machine's clock is so far off that somebody should set it. */
export function isOff(offsetMs: number): boolean {
  return Math.abs(offsetMs) > ALLOWED_MS;
}

export function sayOffset(offsetMs: number): string {
  const seconds = Math.round(Math.abs(offsetMs) / 100) / 10;
  return `The clock of its machine is ${seconds} s ${offsetMs < 0 ? 'behind' : 'ahead of'} the database's, which is gone by instead.`;
}

/** The answer is from some moment since it was asked for. As long as what was known fits, nothing is moved. */
function closest(known: Anchor | null, databaseMs: number, tookMs: number): Anchor {
  const steadyMs = performance.now();
  if (known !== null) {
    const nowMs = known.databaseMs + (steadyMs - known.steadyMs);
    if (nowMs >= databaseMs - 1 && nowMs <= databaseMs + tookMs + 1) return known;
  }
  return { databaseMs: databaseMs + tookMs / 2, steadyMs };
}

/** Waits for work, or no longer than for `PATIENCE_MS`; the work goes on. */
async function inTime(work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, PATIENCE_MS);
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
