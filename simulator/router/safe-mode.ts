import type { History } from './history.ts';

/** Who holds the safe mode; compared by identity. */
export type SafeModeOwner = { readonly user: string; readonly via: string };

/**
 * Safe mode of the console: what anybody changes while it is held is taken back when its owner's session ends without
 * having released it. After more than a hundred changes it is silently left. Source: manual, Configuration Management.
 */
export class SafeMode {
  readonly #history: History;
  #owner: SafeModeOwner | undefined;
  /** The newest change before it was taken. */
  #sinceId = 0;

  constructor(history: History) {
    this.#history = history;
  }

  /** Who holds it; undefined when nobody does, or when too much was changed to be taken back. */
  get owner(): SafeModeOwner | undefined {
    if (this.#history.lastId - this.#sinceId > MOST_CHANGES) this.#owner = undefined;
    return this.#owner;
  }

  /** The newest change before it was taken; undefined when nobody holds it. */
  get sinceId(): number | undefined {
    return this.owner === undefined ? undefined : this.#sinceId;
  }

  /** False when somebody else holds it. */
  take(owner: SafeModeOwner): boolean {
    if (this.owner !== undefined && this.owner !== owner) return false;
    this.#owner = owner;
    this.#sinceId = this.#history.lastId;
    return true;
  }

  /** The changes stay. False when nobody holds it. */
  release(): boolean {
    if (this.owner === undefined) return false;
    this.#owner = undefined;
    return true;
  }

  /** The changes are taken back, newest first. False when nobody holds it. */
  unroll(): boolean {
    if (this.owner === undefined) return false;
    const held = this.#history.entries().filter((entry) => entry.id > this.#sinceId && !entry.undone).length;
    for (let count = 0; count < held; count++) this.#history.undo();
    this.#owner = undefined;
    return true;
  }

  /** A session is over: what it held is taken back. False when it held nothing. */
  endedBy(owner: SafeModeOwner): boolean {
    return this.owner === owner && this.unroll();
  }
}

const MOST_CHANGES = 100;
