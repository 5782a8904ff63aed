import type { Caller } from '../engine/definition.ts';
import type { WriteReport } from '../engine/write.ts';

/** A change that can be, or was, taken back. */
export type HistoryEntry = {
  readonly id: number;
  /** By the router's own wall clock. */
  readonly time: string;
  readonly written: WriteReport;
  /** Was it taken back? */
  undone: boolean;
};

/** The newest hundred changes of all users, a single stack: undo takes back the newest that still holds. */
export class History {
  /** Told of every change that was taken back or made again; without a caller the router did it itself. */
  onReverted: (entry: HistoryEntry, command: 'undo' | 'redo', caller: Caller | undefined) => void = () => undefined;
  /** Oldest first. */
  #entries: HistoryEntry[] = [];
  #lastId = 0;

  entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  /** Id of the newest change, to ask later what came after it. */
  get lastId(): number {
    return this.#lastId;
  }

  /** A new change makes what was taken back before it impossible to do again. */
  record(time: string, written: WriteReport): void {
    this.#lastId += 1;
    this.#entries = this.#entries.filter((entry) => !entry.undone);
    this.#entries.push({ id: this.#lastId, time, written, undone: false });
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
  }

  /** Takes back the newest change; undefined when there is none. */
  undo(caller?: Caller): HistoryEntry | undefined {
    const entry = this.#entries.findLast((candidate) => !candidate.undone);
    if (!entry) return undefined;
    entry.undone = true;
    entry.written.undo?.();
    this.onReverted(entry, 'undo', caller);
    return entry;
  }

  /** Does again what was taken back last; undefined when there is nothing. */
  redo(caller?: Caller): HistoryEntry | undefined {
    const entry = this.#entries.find((candidate) => candidate.undone);
    if (!entry) return undefined;
    entry.undone = false;
    entry.written.redo?.();
    this.onReverted(entry, 'redo', caller);
    return entry;
  }

  clear(): void {
    this.#entries = [];
  }
}

const MOST_ENTRIES = 100;
