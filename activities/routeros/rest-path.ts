/** A menu, or a command or row below it. The root of the console is `/`. */
export function restPath(menu: string, word?: string): string {
  const words = [...menu.split('/'), ...(word === undefined ? [] : [word])].filter((part) => part !== '');
  // `encodeURIComponent` leaves the `*` of ids as it is: RouterOS does not decode it.
  return ['/rest', ...words.map((part) => encodeURIComponent(part))].join('/');
}

/** A list of which only some fields are wanted. `.id` is named because some versions leave it out otherwise. */
export function listPath(menu: string, fields?: readonly string[]): string {
  if (!fields) return restPath(menu);
  return `${restPath(menu)}?.proplist=${[...new Set(['.id', ...fields])].map((field) => encodeURIComponent(field)).join(',')}`;
}
