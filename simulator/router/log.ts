import type { LogLine } from '../engine/definition.ts';

/** The log in memory: one ring for each logging action that writes there, ids growing. It is empty after a reboot. */
export class RouterLog {
  #lines: KeptLine[] = [];
  #counts = new Map<string, number>();
  #nextId = 1;

  /** All lines, oldest first. */
  lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Adds a line to a ring; a full ring loses its oldest line, or takes no more when it stops on full. */
  append(line: Omit<LogLine, 'id'>, { name, most, stopsWhenFull }: Ring): void {
    const count = this.#counts.get(name) ?? 0;
    if (count >= most && stopsWhenFull) return;
    this.#lines.push({ id: this.#nextId, ...line, ring: name });
    this.#nextId += 1;
    this.#counts.set(name, count + 1);
    for (let surplus = count + 1 - most; surplus > 0; surplus--) this.#dropOldest(name);
  }

  /** Empties one ring, or all of them. */
  clear(name?: string): void {
    this.#lines = name === undefined ? [] : this.#lines.filter(({ ring }) => ring !== name);
    if (name === undefined) this.#counts.clear();
    else this.#counts.delete(name);
  }

  #dropOldest(name: string): void {
    this.#lines.splice(
      this.#lines.findIndex(({ ring }) => ring === name),
      1,
    );
    this.#counts.set(name, (this.#counts.get(name) ?? 1) - 1);
  }
}

/** The memory of one logging action. */
export type Ring = { readonly name: string; readonly most: number; readonly stopsWhenFull: boolean };

type KeptLine = LogLine & { readonly ring: string };
