/**
 * A router's own time. It runs with the machine's, can be advanced at will, and has a wall clock that can be set
 * without touching what is scheduled by uptime. Timers belong to a key: setting one again replaces it.
 */
export class RouterClock {
  /** How far this clock was advanced beyond the machine's, in milliseconds. */
  #advancedMs = 0;
  #bootedAtMs: number;
  #wallOffsetMs: number;
  #timers = new Map<string, Timer>();
  #alarm: NodeJS.Timeout | undefined;

  constructor(options: { readonly uptimeMs: number }) {
    this.#bootedAtMs = machineMs() - options.uptimeMs;
    this.#wallOffsetMs = Date.now() - machineMs();
  }

  /** Wall clock: milliseconds since 1970, UTC. */
  now(): number {
    return this.#elapsed() + this.#wallOffsetMs;
  }

  /** Milliseconds since the router came up. */
  uptimeMs(): number {
    return this.#elapsed() - this.#bootedAtMs;
  }

  /** Sets the wall clock; uptime and timers stay. */
  setWall(epochMs: number): void {
    this.#wallOffsetMs = epochMs - this.#elapsed();
  }

  /** Lets time pass at once; everything that falls due on the way runs in order, each at its own time. */
  advance(milliseconds: number): void {
    const target = this.#elapsed() + milliseconds;
    for (let next = this.#next(); next && next.dueMs <= target; next = this.#next()) {
      this.#moveTo(next.dueMs);
      this.#run(next);
    }
    this.#moveTo(target);
    this.#arm();
  }

  /** Runs `action` when `delayMs` have passed on this clock. */
  setTimer(key: string, delayMs: number, action: () => void): void {
    this.#timers.set(key, { key, dueMs: this.#elapsed() + Math.max(0, delayMs), action });
    this.#arm();
  }

  clearTimer(key: string): void {
    if (this.#timers.delete(key)) this.#arm();
  }

  /** The router starts again: uptime from zero, no timers. */
  restart(): void {
    this.#bootedAtMs = this.#elapsed();
    this.stop();
  }

  /** Drops all timers; the clock itself still tells the time. */
  stop(): void {
    this.#timers.clear();
    this.#arm();
  }

  #elapsed(): number {
    return machineMs() + this.#advancedMs;
  }

  #moveTo(elapsedMs: number): void {
    this.#advancedMs += Math.max(0, elapsedMs - this.#elapsed());
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) if (!first || timer.dueMs < first.dueMs) first = timer;
    return first;
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer.key);
    timer.action();
  }

  #arm(): void {
    clearTimeout(this.#alarm);
    this.#alarm = undefined;
    const next = this.#next();
    if (!next) return;
    const waitMs = Math.min(Math.max(0, next.dueMs - this.#elapsed()), LONGEST_TIMEOUT_MS);
    this.#alarm = setTimeout(() => this.#ring(), waitMs);
    this.#alarm.unref();
  }

  #ring(): void {
    for (let next = this.#next(); next && next.dueMs <= this.#elapsed(); next = this.#next()) this.#run(next);
    this.#arm();
  }
}

type Timer = { readonly key: string; readonly dueMs: number; readonly action: () => void };

/** The longest delay that Node's timers take. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

const machineMs = (): number => performance.now();
