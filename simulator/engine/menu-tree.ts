import { Menu } from './menu.ts';
import type { TreeShape } from './menu-shape.ts';
import { noSuchDirectory } from './router-error.ts';

/**
 * The menus of one router by path, and the directories between them. A menu comes into being when it is first used, and
 * all of them before anything changes: what a new router holds must not depend on what was done to it since.
 */
export class MenuTree {
  readonly #shape: TreeShape;
  readonly #onFirstUse: (menu: Menu) => void;
  readonly #menus = new Map<string, Menu>();

  constructor(shape: TreeShape, onFirstUse: (menu: Menu) => void) {
    this.#shape = shape;
    this.#onFirstUse = onFirstUse;
  }

  /** Paths of all menus the router has. */
  paths(): readonly string[] {
    return [...this.#shape.menus.keys()];
  }

  /** The menus that have been used. */
  used(): readonly Menu[] {
    return [...this.#menus.values()];
  }

  /** Brings every menu into being. */
  useAll(): void {
    if (this.#menus.size === this.#shape.menus.size) return;
    for (const path of this.paths()) this.get(path);
  }

  isDirectory(path: string): boolean {
    return this.#shape.directories.has(path);
  }

  /** Is the path a directory of routers of another board, version or set of packages only? */
  isElsewhere(path: string): boolean {
    return this.#shape.elsewhere.has(path);
  }

  /** Names of the directories and menus directly below a path. */
  below(path: string): readonly string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.#shape.directories]
      .filter((directory) => directory !== '/' && directory.startsWith(prefix))
      .map((directory) => directory.slice(prefix.length))
      .filter((name) => !name.includes('/'))
      .sort();
  }

  get(path: string): Menu | undefined {
    const known = this.#menus.get(path);
    if (known) return known;
    const shape = this.#shape.menus.get(path);
    if (!shape) return undefined;
    const base = shape.definition.rowsOf && this.menuAt(shape.definition.rowsOf.menu);
    const menu = new Menu(shape, base);
    this.#menus.set(path, menu);
    this.#onFirstUse(menu);
    return menu;
  }

  /**
   * Walks down as far as the words are directories. What is left belongs to the last one: an id, a name or a command.
   */
  resolve(words: readonly string[]): {
    readonly path: string;
    readonly menu: Menu | undefined;
    readonly rest: readonly string[];
  } {
    let path = '/';
    let used = 0;
    for (const word of words) {
      const next = path === '/' ? `/${word}` : `${path}/${word}`;
      if (!this.#shape.directories.has(next)) break;
      path = next;
      used += 1;
    }
    return { path, menu: this.get(path), rest: words.slice(used) };
  }

  /** The menu at a path such as `/ip/address`; refuses an unknown one as the device does. */
  menuAt(path: string): Menu {
    const { menu, rest } = this.resolve(path.split('/').filter((word) => word !== ''));
    if (!menu || rest.length > 0) throw noSuchDirectory(rest[0] ?? path.split('/').at(-1) ?? '');
    return menu;
  }
}
