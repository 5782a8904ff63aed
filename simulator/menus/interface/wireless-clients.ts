import type { Item, RouterView } from '../../engine/definition.ts';
export function hasClients(_item: Item, _router: RouterView): boolean {
  return true;
}
