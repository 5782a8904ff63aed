import type { Router, RouterRecord, RowKey } from '../../shared/routeros/router.ts';
import type { RouterFacts } from '../../shared/routeros/facts.ts';
import { rowNamed } from '../../shared/routeros/row-key.ts';

/** A router that answers from a table of menus and remembers what was written; a board with 7.20.8 unless told. */
export function cannedRouter(
  menus: Readonly<Record<string, RouterRecord | readonly RouterRecord[]>>,
  facts: Partial<RouterFacts> = {},
  { host = '192.0.2.1', commands = {} }: CannedOptions = {},
): Router {
  const held = structuredClone(menus) as Record<string, RouterRecord | RouterRecord[]>;
  const menu = (path: string): RouterRecord | RouterRecord[] => {
    const found = held[path];
    if (!found) throw new Error(`the test has no ${path}`);
    return found;
  };
  const rowsOf = (path: string): RouterRecord[] => {
    const found = menu(path);
    if (!Array.isArray(found)) throw new Error(`${path} is a singleton`);
    return found;
  };
  const indexOf = (path: string, key: RowKey): number => {
    const rows = rowsOf(path);
    const row = rowNamed(rows, path, key);
    return row ? rows.indexOf(row) : -1;
  };
  return {
    transport: 'rest',
    host,
    facts: async () => ({ ...RB5009, ...facts }),
    get: async (path) => {
      const found = menu(path);
      if (Array.isArray(found)) throw new Error(`${path} is a list`);
      return found;
    },
    list: async (path, { where = {}, only = {} } = {}) => rowsOf(path).filter(holds({ ...where, ...only })),
    count: async (path, only = {}) => rowsOf(path).filter(holds(only)).length,
    set: async (path, values) => {
      held[path] = { ...(menu(path) as RouterRecord), ...values };
    },
    add: async (path, values, { key, placeBefore }) => {
      if (indexOf(path, key) !== -1) return { outcome: 'unchanged' };
      const rows = rowsOf(path);
      const at = placeBefore ? indexOf(path, placeBefore) : rows.length;
      rows.splice(at, 0, { '.id': `*${(rows.length + 1).toString(16).toUpperCase()}`, ...values });
      return { outcome: 'applied' };
    },
    change: async (path, key, values, unset = []) => {
      const rows = rowsOf(path);
      const at = indexOf(path, key);
      const cleared = Object.fromEntries(unset.map((field) => [field, undefined]));
      rows[at] = { ...rows[at], ...values, ...cleared };
      return { outcome: 'applied' };
    },
    remove: async (path, key) => {
      const at = indexOf(path, key);
      if (at === -1) return { outcome: 'unchanged' };
      rowsOf(path).splice(at, 1);
      return { outcome: 'applied' };
    },
    move: async (path, key, before) => {
      const rows = rowsOf(path);
      const [row = {}] = rows.splice(indexOf(path, key), 1);
      rows.splice(before ? indexOf(path, before) : rows.length, 0, row);
      return { outcome: 'applied' };
    },
    run: async (path, command, args = {}) => {
      const answer = commands[`${path} ${command}`];
      if (answer === undefined) throw new Error(`the test has no ${command} in ${path}`);
      return { rows: answer(args), ret: null };
    },
    exportConfiguration: () => Promise.reject(new Error('the test exports nothing')),
    inspectServices: () => Promise.reject(new Error('the test has no services')),
  };
}

interface CannedOptions {
  /** Under which the router is reached. Default `192.0.2.1`. */
  host?: string;
  /** Rows that commands answer with, such as those of `/tool ping`. */
  commands?: Readonly<Record<string, (args: Readonly<Record<string, string>>) => RouterRecord[]>>;
}

function holds(values: Readonly<Record<string, string>>): (row: RouterRecord) => boolean {
  return (row) => Object.entries(values).every(([key, value]) => row[key] === value);
}

const RB5009: RouterFacts = {
  version: { major: 7, minor: 20, patch: 8, preRelease: null, channel: 'stable' },
  board: 'RB5009UG+S+',
  architecture: 'arm64',
  isRouterBoard: true,
  packages: ['routeros'],
  radios: null,
  hasLegacyCapsman: false,
  health: 'list',
  hasSafeMode: true,
  logout: 'remove',
  hasWebserverSwitches: false,
  bgpFamilies: 'afi',
  hasExecuteAsString: true,
  hasSerialize: true,
  deviceMode: 'advanced',
  allowsScheduler: true,
};
