import type { FieldType } from '../engine/definition.ts';
import { noMatch } from '../engine/router-error.ts';

/**
 * A comma list of rows of another menu, given by name (or id) and stored as ids: a rename shows at once, and a row that
 * is gone shows as its bare id.
 */
export function referenceList(menu: string, nameField = 'name'): FieldType {
  return {
    kind: 'list',
    parse: (input, field, router) => {
      const ids = input
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => {
          const target = router.items(menu).find((item) => item.values[nameField] === name || item.id === name);
          if (!target) throw noMatch(field);
          return target.id;
        });
      return [...new Set(ids)].join(',');
    },
    show: (stored, router) =>
      stored
        .split(',')
        .map((id) => router.items(menu).find((item) => item.id === id)?.values[nameField] ?? id)
        .join(','),
  };
}
