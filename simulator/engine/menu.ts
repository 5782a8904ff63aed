import type {
  CommandDefinition,
  Field,
  Item,
  MenuDefinition,
  Row,
  RouterView,
  SavedRows,
  Values,
} from './definition.ts';
import type { MenuShape } from './menu-shape.ts';

/** A menu of one router: its declaration, its rows in stored form, and how they print. */
export class Menu {
  readonly #shape: MenuShape;
  /** Whose rows these are, when the menu shows rows of another one. */
  readonly #base: Menu | undefined;
  #items: Item[] = [];
  #nextId: number;

  constructor(shape: MenuShape, base?: Menu) {
    this.#shape = shape;
    this.#base = base;
    this.#nextId = shape.definition.firstId ?? 1;
  }

  get definition(): MenuDefinition {
    return this.#shape.definition;
  }

  get version(): string {
    return this.#shape.version;
  }

  /** The fields this router's version has. */
  get fields(): ReadonlyMap<string, Field> {
    return this.#shape.fields;
  }

  /** The menu's own commands that this version has. */
  get commands(): ReadonlyMap<string, CommandDefinition> {
    return this.#shape.commands;
  }

  get path(): string {
    return this.definition.path;
  }

  /** Stored rows. */
  get items(): readonly Item[] {
    if (!this.#base) return this.#items;
    const wanted = Object.entries(this.definition.rowsOf?.values ?? {});
    return this.#base.items.filter((item) => wanted.every(([name, value]) => item.values[name] === value));
  }

  /** Stored rows after those the router derives from other state. */
  allItems(router: RouterView): readonly Item[] {
    const derived = this.definition.derived;
    return derived ? [...derived(router), ...this.items] : this.items;
  }

  insert(values: Values, { dynamic = false }: { readonly dynamic?: boolean } = {}): Item {
    const item = this.draft(values);
    item.dynamic = dynamic;
    this.append(item);
    return item;
  }

  /** Takes in a row of the router's own, whose id is not one of those that are counted up. */
  insertBuiltin(id: string, values: Values): void {
    this.#items.push({ id, dynamic: true, values, internal: {} });
  }

  /** A row with the next id that is not in the menu yet. */
  draft(values: Values): Item {
    if (this.#base) return this.#base.draft({ ...values, ...this.definition.rowsOf?.values });
    return { id: `*${this.#nextId.toString(16).toUpperCase()}`, dynamic: false, values, internal: {} };
  }

  /** Takes a draft in, at the end or in front of another row; only now is its id used up. */
  append(item: Item, before?: Item): void {
    if (this.#base) return this.#base.append(item, before);
    this.#nextId += 1;
    const position = before ? this.#items.indexOf(before) : -1;
    if (position === -1) this.#items.push(item);
    else this.#items.splice(position, 0, item);
  }

  /** Puts rows, in the order given, in front of another one or at the end. */
  move(items: readonly Item[], before: Item | undefined): void {
    const others = this.#items.filter((item) => !items.includes(item));
    const position = before ? others.indexOf(before) : -1;
    others.splice(position === -1 ? others.length : position, 0, ...items);
    this.#items = others;
  }

  discard(matches: (item: Item) => boolean): void {
    if (!this.#base) {
      this.#items = this.#items.filter((item) => !matches(item));
      return;
    }
    const mine = new Set(this.items);
    this.#base.discard((item) => mine.has(item) && matches(item));
  }

  /** Copies of the stored rows, for a backup. */
  save(): SavedRows {
    const items = this.#items.map((item) => ({ ...item, values: { ...item.values }, internal: { ...item.internal } }));
    return { nextId: this.#nextId, items };
  }

  /** Puts saved rows in the place of the present ones. */
  load({ nextId, items }: SavedRows): void {
    this.#nextId = nextId;
    this.#items = items.map((item) => ({ ...item, values: { ...item.values }, internal: { ...item.internal } }));
  }

  /** The stored row that follows another one; undefined for the last. */
  after(item: Item): Item | undefined {
    const { items } = this;
    return items[items.indexOf(item) + 1];
  }

  /** Finds a row by `*id`, or by name where the menu has names. */
  find(key: string, router: RouterView): Item | undefined {
    if (key.startsWith('*')) return this.allItems(router).find((item) => item.id === key.toUpperCase());
    const nameField = this.definition.nameField;
    if (nameField === undefined) return undefined;
    const isNamed = (item: Item): boolean => item.values[nameField] === key;
    // Rows that the router derives may bear the name of a configured one.
    return this.items.find(isNamed) ?? this.allItems(router).find(isNamed);
  }

  /** The row as the device prints it: `.about` and `.id` first, then keys in alphabetical order. */
  print(item: Item, router: RouterView, { sensitive = true }: Sight = {}): Row {
    const { kind, about, view } = this.definition;
    const row: Row = {};
    const remark = about?.(item, router);
    if (remark !== undefined) row['.about'] = remark;
    if (kind === 'list') row['.id'] = item.id;
    for (const [name, field] of this.#shape.printed) {
      if (field.sensitive && !sensitive) continue;
      const stored = field.compute ? field.compute(item, router) : item.values[name];
      if (stored === undefined) continue;
      row[name] = field.compute || !field.type.show ? stored : field.type.show(stored, router);
    }
    return view ? view(row, item, router) : row;
  }

  printAll(router: RouterView, sight: Sight = {}): Row[] {
    return this.allItems(router).map((item) => this.print(item, router, sight));
  }
}

/**
 * What a reader may see. Without the policy `sensitive` secrets are absent from a row; whether some versions print them
 * as an empty text instead is not measured. Default: everything.
 */
export type Sight = { readonly sensitive?: boolean };

/** May a caller give the field? A computed one only when a hook reads it as an argument. */
export function isSettable(field: Field): boolean {
  return field.access !== 'read-only' && (field.compute === undefined || field.access === 'argument');
}
