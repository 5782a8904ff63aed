import type { Item, RouterView } from '../../engine/definition.ts';
import { splitNames } from '../../engine/projection.ts';
import { missingArgument, noMatch, noSuchItem } from '../../engine/router-error.ts';

/** The rows that `.id` or `numbers` name (an own command's way to the rows of its menu). */
export function namedItems(args: ReadonlyMap<string, string>, path: string, router: RouterView): Item[] {
  const keys = splitNames(args.get('.id') ?? args.get('numbers') ?? args.get('number') ?? '');
  if (keys.length === 0) throw missingArgument('.id');
  return keys.map((key) => {
    const item = router.find(path, key);
    if (!item) throw noSuchItem();
    return item;
  });
}

/** The interface that the argument `interface` names. */
export function namedInterface(args: ReadonlyMap<string, string>, path: string, router: RouterView): Item {
  const name = args.get('interface');
  if (name === undefined) throw missingArgument('interface');
  const item = router.items(path).find((candidate) => candidate.values['name'] === name || candidate.id === name);
  if (!item) throw noMatch('interface');
  return item;
}
