import type { Router, RouterRecord } from '../../shared/routeros/router.ts';

/** A router that answers from a table of menus and remembers what was set. */
export function cannedRouter(menus: Readonly<Record<string, RouterRecord | readonly RouterRecord[]>>): Router {
  const held = structuredClone(menus) as Record<string, RouterRecord | RouterRecord[]>;
  const menu = (path: string): RouterRecord | RouterRecord[] => {
    const found = held[path];
    if (!found) throw new Error(`the test has no ${path}`);
    return found;
  };
  return {
    get: async (path) => {
      const found = menu(path);
      if (Array.isArray(found)) throw new Error(`${path} is a list`);
      return found;
    },
    list: async (path, { where = {} } = {}) => {
      const found = menu(path);
      if (!Array.isArray(found)) throw new Error(`${path} is a singleton`);
      return found.filter((row) => Object.entries(where).every(([key, value]) => row[key] === value));
    },
    set: async (path, values) => {
      held[path] = { ...(menu(path) as RouterRecord), ...values };
    },
  };
}
