import type { CommandDefinition, Field, Item, MenuDefinition, Row, RouterView, Values } from './definition.ts';
import { isAtLeast } from './version.ts';

/** A menu of one router: its declaration, its rows in stored form, and how they print. */
export class Menu {
  readonly definition: MenuDefinition;
  /** The fields this router's version has. */
  readonly fields: ReadonlyMap<string, Field>;
  /** The menu's own commands that this version has. */
  readonly commands: ReadonlyMap<string, CommandDefinition>;
  #items: Item[] = [];
  #nextId: number;
  #printed: readonly (readonly [string, Field])[];

  constructor(definition: MenuDefinition, version: string) {
    this.definition = definition;
    const fields = Object.entries(definition.fields).filter(
      ([, { since = '7', until = '8' }]) => isAtLeast(version, since) && !isAtLeast(version, until),
    );
    this.fields = new Map(fields);
    const commands = Object.entries(definition.commands ?? {});
    this.commands = new Map(commands.filter(([, command]) => isAtLeast(version, command.since ?? '7')));
    this.#printed = fields
      .filter(([, field]) => field.compute !== undefined || !['write-only', 'argument'].includes(field.access ?? ''))
      .sort(([left], [right]) => (left < right ? -1 : 1));
    this.#nextId = definition.firstId ?? 1;
  }

  get path(): string {
    return this.definition.path;
  }

  /** Stored rows. */
  get items(): readonly Item[] {
    return this.#items;
  }

  /** Stored rows after those the router derives from other state. */
  allItems(router: RouterView): readonly Item[] {
    const derived = this.definition.derived;
    return derived ? [...derived(router), ...this.#items] : this.#items;
  }

  insert(values: Values): Item {
    const item = this.draft(values);
    this.append(item);
    return item;
  }

  /** A row with the next id that is not in the menu yet. */
  draft(values: Values): Item {
    return { id: `*${this.#nextId.toString(16).toUpperCase()}`, dynamic: false, values, internal: {} };
  }

  /** Takes a draft in; only now is its id used up. */
  append(item: Item): void {
    this.#items.push(item);
    this.#nextId += 1;
  }

  discard(matches: (item: Item) => boolean): void {
    this.#items = this.#items.filter((item) => !matches(item));
  }

  /** Finds a row by `*id`, or by name where the menu has names. */
  find(key: string, router: RouterView): Item | undefined {
    const items = this.allItems(router);
    if (key.startsWith('*')) return items.find((item) => item.id === key.toUpperCase());
    const nameField = this.definition.nameField;
    return nameField === undefined ? undefined : items.find((item) => item.values[nameField] === key);
  }

  /** The row as the device prints it: `.id` first, then keys in alphabetical order. */
  print(item: Item, router: RouterView): Row {
    const row: Row = this.definition.kind === 'list' ? { '.id': item.id } : {};
    for (const [name, field] of this.#printed) {
      const stored = field.compute ? field.compute(item, router) : item.values[name];
      if (stored === undefined) continue;
      row[name] = field.compute || !field.type.show ? stored : field.type.show(stored, router);
    }
    return this.definition.view ? this.definition.view(row, item, router) : row;
  }

  printAll(router: RouterView): Row[] {
    return this.allItems(router).map((item) => this.print(item, router));
  }
}

/** May a caller give the field? A computed one only when a hook reads it as an argument. */
export function isSettable(field: Field): boolean {
  return field.access !== 'read-only' && (field.compute === undefined || field.access === 'argument');
}
