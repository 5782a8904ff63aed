import { isAtLeast } from './version.ts';
import { Menu } from './menu.ts';
import type { MenuDefinition } from './definition.ts';
import { noSuchDirectory } from './router-error.ts';
import type { Board } from '../boards.ts';

/** The menus of one router by path, and the directories between them. */
export class MenuTree {
  readonly menus: ReadonlyMap<string, Menu>;
  #directories = new Set<string>(['/']);

  constructor(definitions: readonly MenuDefinition[], board: Board, version: string) {
    const present = definitions.filter(
      (definition) => isAtLeast(version, definition.since ?? '7') && (definition.available?.(board) ?? true),
    );
    this.menus = new Map(present.map((definition) => [definition.path, new Menu(definition, version)]));
    for (const path of this.menus.keys()) {
      const words = path.split('/').slice(1);
      for (let length = 1; length <= words.length; length++) {
        this.#directories.add(`/${words.slice(0, length).join('/')}`);
      }
    }
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
      if (!this.#directories.has(next)) break;
      path = next;
      used += 1;
    }
    return { path, menu: this.menus.get(path), rest: words.slice(used) };
  }

  /** The menu at a path such as `/ip/address`; refuses an unknown one as the device does. */
  menuAt(path: string): Menu {
    const { menu, rest } = this.resolve(path.split('/').filter((word) => word !== ''));
    if (!menu || rest.length > 0) throw noSuchDirectory(rest[0] ?? path.split('/').at(-1) ?? '');
    return menu;
  }
}
