import type { Item, RouterView } from '../../engine/definition.ts';
import { idsIn } from './running.ts';

/** The lists that every router has, by their fixed ids. */
export const BUILTIN_LISTS = { all: '*2000000', none: '*2000001', dynamic: '*2000002', static: '*2000003' } as const;

/**
 * The interfaces of a list by its name: those of the lists it includes and its own members, without those of the lists
 * it excludes. An unknown list is empty.
 */
export function listMembers(listName: string, router: RouterView): Item[] {
  const list = router.items('/interface/list').find((item) => item.values['name'] === listName);
  if (!list) return [];
  const ids = memberIds(list.id, router, new Set());
  return router.items('/interface').filter((item) => ids.has(item.id));
}

/** Is the interface in the list? */
export function isInList(interfaceId: string, listName: string, router: RouterView): boolean {
  return listMembers(listName, router).some((item) => item.id === interfaceId);
}

function memberIds(listId: string, router: RouterView, visited: ReadonlySet<string>): Set<string> {
  const builtin = builtinMembers(listId, router);
  if (builtin) return new Set(builtin.map((item) => item.id));
  const list = router.items('/interface/list').find((item) => item.id === listId);
  if (!list || visited.has(listId)) return new Set();
  const seen = new Set([...visited, listId]);
  const of = (lists: string | undefined): string[] =>
    idsIn(lists).flatMap((other) => [...memberIds(other, router, seen)]);
  const excluded = new Set(of(list.values['exclude']));
  const own = router
    .items('/interface/list/member')
    .filter((member) => member.values['list'] === listId && member.values['disabled'] !== 'true')
    .map((member) => member.values['interface'] ?? '');
  // A member that is named itself stays, whatever the excluded lists hold.
  return new Set([...of(list.values['include']).filter((id) => !excluded.has(id)), ...own]);
}

function builtinMembers(listId: string, router: RouterView): readonly Item[] | undefined {
  const interfaces = router.items('/interface');
  switch (listId) {
    case BUILTIN_LISTS.all:
      return interfaces;
    case BUILTIN_LISTS.none:
      return [];
    case BUILTIN_LISTS.dynamic:
      return interfaces.filter((item) => item.dynamic);
    case BUILTIN_LISTS.static:
      return interfaces.filter((item) => !item.dynamic);
    default:
      return undefined;
  }
}
