import type { MenuDefinition, RouterView, Values } from '../engine/definition.ts';
import type { Menu } from '../engine/menu.ts';
import { shapeOf } from '../engine/menu-shape.ts';
import { MenuTree } from '../engine/menu-tree.ts';
import { SYSTEM } from './system-caller.ts';

/** The menus of a router as it is made: every one gets its rows when it is first used. */
export function growMenus(definitions: readonly MenuDefinition[], router: RouterView): MenuTree {
  return new MenuTree(shapeOf(definitions, router), (menu) => {
    if (menu.definition.rowsOf) complete(menu, router);
    else seed(menu, router);
    menu.definition.booted?.(router);
  });
}

/** Gives menus of new software the rows of the old; fields that are new get their defaults. */
export function carryOver(before: MenuTree, after: MenuTree, router: RouterView): void {
  for (const old of before.used().filter(({ definition }) => !definition.rowsOf)) {
    const menu = after.get(old.path);
    if (!menu) continue;
    const { nextId, items } = old.save();
    const defaults = defaultsOf(menu, router);
    for (const [name] of old.fields) delete defaults[name];
    menu.load({ nextId, items: items.map((item) => ({ ...item, values: { ...defaults, ...item.values } })) });
  }
}

/** What a row has that the router makes itself. */
export function defaultsOf(menu: Menu, router: RouterView): Values {
  const values: Values = {};
  for (const [name, field] of menu.fields) {
    if (field.default === undefined) continue;
    values[name] = typeof field.default === 'string' ? field.default : field.default(router, SYSTEM);
  }
  return values;
}

function seed(menu: Menu, router: RouterView): void {
  const seeds = menu.definition.seed?.(router) ?? (menu.definition.kind === 'singleton' ? [{}] : []);
  for (const given of seeds) {
    const parsed = Object.entries(given).map(([name, value]) => {
      const field = menu.fields.get(name);
      return [name, field ? field.type.parse(value, name, router) : value];
    });
    const { '.id': id, ...values } = { ...defaultsOf(menu, router), ...Object.fromEntries(parsed) } as Values;
    if (id === undefined) menu.insert(values);
    else menu.insertBuiltin(id, values);
  }
}

/** Gives rows of another menu the defaults of the fields that this one adds. */
function complete(menu: Menu, router: RouterView): void {
  const defaults = defaultsOf(menu, router);
  for (const item of menu.items) item.values = { ...defaults, ...item.values };
}
