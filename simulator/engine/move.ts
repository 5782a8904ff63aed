import type { Item } from './definition.ts';
import type { Menu } from './menu.ts';
import { dynamicRow, moveBeforeItself } from './router-error.ts';
import type { WriteContext } from './write.ts';

/** Puts rows, as a block in the order given, in front of another row or at the end, and reports each of them. */
export function moveItems(menu: Menu, items: readonly Item[], before: Item | undefined, context: WriteContext): void {
  if (before && items.includes(before)) throw moveBeforeItself();
  if (items.some((item) => item.dynamic)) throw dynamicRow();
  const positionOf = (item: Item): string => String(menu.items.indexOf(item));
  const origins = items.map(positionOf);
  const order = [...menu.items];
  menu.move(items, before);
  for (const [index, item] of items.entries()) {
    context.report({
      command: 'move',
      menu,
      id: item.id,
      before: { position: origins[index] ?? '' },
      after: { position: positionOf(item) },
      caller: context.caller,
      // One step back takes the whole block back.
      ...(index === 0 ? { undo: () => menu.move(order, undefined), redo: () => menu.move(items, before) } : {}),
    });
  }
}
