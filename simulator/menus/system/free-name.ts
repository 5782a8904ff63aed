import type { RouterView } from '../../engine/definition.ts';

/** The first name of a kind that is not taken in a menu: `schedule1`, `schedule2`, … */
export function freeName(router: RouterView, path: string, kind: string): string {
  const taken = new Set(router.items(path).map((item) => item.values['name']));
  let number = 1;
  while (taken.has(`${kind}${number}`)) number += 1;
  return `${kind}${number}`;
}
