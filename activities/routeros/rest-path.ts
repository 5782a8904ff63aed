import type { RouterValues } from '../../shared/domain/change.ts';

/** A menu, or a command or row below it. The root of the console is `/`. */
export function restPath(menu: string, word?: string): string {
  const words = [...menu.split('/'), ...(word === undefined ? [] : [word])].filter((part) => part !== '');
  // `encodeURIComponent` leaves the `*` of ids as it is: RouterOS does not decode it.
  return ['/rest', ...words.map((part) => encodeURIComponent(part))].join('/');
}

/**
 * A list of which only some fields and rows are wanted. `.id` is named because some versions leave it out otherwise.
 */
export function listPath(menu: string, fields?: readonly string[], only: RouterValues = {}): string {
  const filters = Object.entries(only).map(
    ([field, value]) => `${encodeURIComponent(field)}=${encodeURIComponent(value)}`,
  );
  const names = fields && [...new Set(['.id', ...fields])].map((field) => encodeURIComponent(field)).join(',');
  const query = [...filters, ...(names === undefined ? [] : [`.proplist=${names}`])].join('&');
  return query === '' ? restPath(menu) : `${restPath(menu)}?${query}`;
}
