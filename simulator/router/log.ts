import type { LogLine } from '../engine/definition.ts';

/** The log in memory: the newest thousand lines, ids growing. It is empty after a reboot. */
export class RouterLog {
  #lines: LogLine[] = [];
  #nextId = 1;

  lines(): readonly LogLine[] {
    return this.#lines;
  }

  append(time: string, topics: string, message: string): void {
    this.#lines.push({ id: this.#nextId, time, topics, message });
    this.#nextId += 1;
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
  }

  clear(): void {
    this.#lines = [];
  }
}

const MOST_LINES = 1000;
