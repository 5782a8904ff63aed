import type { Field, Item, Row } from '../../engine/definition.ts';
import { sightOf } from '../../engine/execute.ts';
import type { Menu } from '../../engine/menu.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { isIpAddress } from '../../values/ip-address.ts';
import type { Expression } from '../language/syntax-tree.ts';
import { holds } from './evaluate.ts';
import type { Frame, Steps } from './script-run.ts';
import { Address, ArrayValue, type Entry, Id, Time, type Value } from './values.ts';

/** A row that a command found, and how it prints. */
export type FoundRow = { readonly item: Item; readonly row: Row };

/** The rows of a menu that a condition holds for, in their order. */
export function* matchingRows(menu: Menu, where: Expression | undefined, frame: Frame): Steps<FoundRow[]> {
  const { router, caller } = frame.run;
  const found: FoundRow[] = [];
  for (const item of menu.allItems(router)) {
    const row = menu.print(item, router, sightOf(caller));
    const properties = (name: string): Value => propertyOf(menu, row, name);
    if (!where || (yield* holds(where, { ...frame, properties }))) found.push({ item, row });
  }
  return found;
}

/** A property of a printed row with the type its field has; nothing when the row does not show it. */
export function propertyOf(menu: Menu, row: Row, name: string): Value {
  const text = row[name];
  if (text === undefined) return undefined;
  return name === '.id' ? new Id(text) : typed(text, menu.fields.get(name));
}

/** A printed row as an array with names, as `print as-value` and `get` answer it: a new `.id` begins a new row. */
export function rowValue(menu: Menu, row: Row): ArrayValue {
  const { '.id': id, ...others } = row;
  const entries = Object.entries(others).map(([key, text]): Entry => ({
    key,
    value: typed(text, menu.fields.get(key)),
  }));
  return new ArrayValue(id === undefined ? entries : [{ key: '.id', value: new Id(id) }, ...entries]);
}

function typed(text: string, field: Field | undefined): Value {
  if (text === 'true') return true;
  if (text === 'false') return false;
  switch (field?.type.kind) {
    case 'integer':
      return /^\d+$/.test(text) ? Number(text) : text;
    case 'duration': {
      const milliseconds = parseDurationMs(text);
      return milliseconds === undefined ? text : new Time(milliseconds);
    }
    case 'address':
      return isIpAddress(text.split('/')[0] ?? '') ? new Address(text) : text;
    case 'flag':
      return true;
    default:
      return text;
  }
}
