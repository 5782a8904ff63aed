import { namingFields, ORDERED_MENUS } from './configuration-keys.ts';
import type { ConfigurationMenu, ConfigurationRow } from './configuration-rows.ts';
import { readExportLine, readSelector, type ExportLine } from './export-line.ts';

/**
 * The configuration by menu, of a redacted export in whole lines as `normalExport` leaves them. Nothing is lost: what is
 * no command that adds or sets is a row which its own text names.
 */
export function configurationObjects(text: string): ConfigurationMenu[] {
  const menus = new Map<string, ConfigurationMenu>();
  const taken = new Map<string, number>();
  let path = '/';
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const read = readExportLine(line);
    path = read.menu ?? path;
    // The name of a menu above its commands.
    if (read.rest === '') continue;
    let menu = menus.get(path);
    if (menu === undefined) {
      menu = { menu: path, isOrdered: ORDERED_MENUS.has(path), isSingleton: isSingleton(read), rows: [] };
      menus.set(path, menu);
    }
    const [first] = menu.rows;
    if (isSingleton(read) && menu.isSingleton && first) {
      Object.assign(first.values, read.values);
      continue;
    }
    menu.isSingleton &&= isSingleton(read);
    const row = rowOf(path, read);
    const name = `${path} ${row.key}`;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    menu.rows.push(count === 1 ? row : { ...row, key: `${row.key} #${count}` });
  }
  return [...menus.values()];
}

function isSingleton({ command, selector }: ExportLine): boolean {
  return command === 'set' && selector === null;
}

function rowOf(menu: string, { command, selector, values, rest }: ExportLine): ConfigurationRow {
  if (command === 'none') return { key: quoted(rest), rowKey: {}, command: 'set', values: {} };
  if (command === 'set') {
    const rowKey = selector === null ? {} : readSelector(selector);
    const key = selector !== null && Object.keys(rowKey).length === 0 ? quoted(selector) : describe(rowKey);
    return { key, rowKey, command, values };
  }
  const rowKey = Object.fromEntries(namingFields(menu, values).map((field) => [field, values[field]!]));
  return { key: describe(rowKey), rowKey, command, values };
}

function describe(rowKey: Readonly<Record<string, string>>): string {
  return Object.entries(rowKey)
    .map(([field, value]) => `${field}=${quoted(value)}`)
    .join(', ');
}

/** In quotes where it could be taken for more than one value, so that no key is another one's with a number. */
function quoted(value: string): string {
  return /[\s",#]/.test(value) ? JSON.stringify(value) : value;
}

export type { ConfigurationMenu, ConfigurationRow } from './configuration-rows.ts';
export { compareConfigurations, type ConfigurationDifference } from './compare-configurations.ts';
