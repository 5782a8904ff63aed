import type { Item, Values } from '../../engine/definition.ts';
import { isSettable, type Menu } from '../../engine/menu.ts';
import type { Router } from '../../router/router.ts';
import type { ExportedPair } from './wrap-command.ts';

/** How a row is exported. */
export type ExportedRow = {
  /** `add`, `set`, `set [ find default-name=ether1 ]` */
  readonly head: string;
  readonly pairs: readonly ExportedPair[];
};

export type ExportScope = {
  /** Defaults too. */
  readonly verbose: boolean;
  readonly sensitive: boolean;
};

/** Menus whose rows are no configuration that could be moved to another router. */
const NEVER: ReadonlySet<string> = new Set([
  '/certificate',
  '/disk',
  '/file',
  '/interface',
  '/ip/ssh',
  '/log',
  '/system/device-mode',
  '/system/history',
  '/system/license',
  '/user',
  '/user/active',
  '/user/ssh-keys',
]);

/** Singletons that a new router comes configured with: what it has there is exported although nobody changed it. */
const CONFIGURED: ReadonlySet<string> = new Set([
  '/ip/dns',
  '/ip/neighbor/discovery-settings',
  '/system/clock',
  '/system/identity',
  '/system/ntp/client',
  '/tool/mac-server',
  '/tool/mac-server/mac-winbox',
]);

/** Lists whose rows of a new router belong to the software: they are never added. */
const BUILTIN_ROWS: ReadonlySet<string> = new Set([
  '/interface/wireless/security-profiles',
  '/ip/dhcp-client/option',
  '/ip/ipsec/mode-config',
  '/ip/ipsec/policy',
  '/ip/ipsec/profile',
  '/ip/ipsec/proposal',
  '/ipv6/nd',
  '/port',
  '/ppp/profile',
  '/queue/type',
  '/routing/bgp/template',
  '/snmp/community',
  '/system/logging',
  '/system/logging/action',
  '/user/group',
]);

/** Properties that exports name even where they have their default (seen on 7.15 and 7.18). */
function isAlwaysShown(path: string, name: string): boolean {
  return (
    (name === 'action' && /\/firewall\/(filter|nat|mangle|raw)$/.test(path)) ||
    (name === 'type' && path === '/ip/dns/static')
  );
}

/** Does an export look into the menu at all? */
export function isExported({ definition, path, fields }: Menu): boolean {
  if (definition.kind === 'directory' || definition.rows === 'read-only' || NEVER.has(path)) return false;
  return [...fields.values()].some(isSettable);
}

/**
 * The commands that make the rows of a menu what they are. `factory` is the same router as it was made: rows that it has
 * of its own are changed, not added, and only where they differ.
 */
export function exportRows(
  menu: Menu,
  items: readonly Item[],
  factory: Router,
  router: Router,
  scope: ExportScope,
): ExportedRow[] {
  return items
    .filter((item) => !item.dynamic)
    .map((item) => exportRow(menu, item, factory, router, scope))
    .filter((row): row is ExportedRow => row !== undefined);
}

function exportRow(
  menu: Menu,
  item: Item,
  factory: Router,
  router: Router,
  scope: ExportScope,
): ExportedRow | undefined {
  const { kind, rows = 'managed' } = menu.definition;
  const built = kind === 'list' ? builtinRow(menu, item, factory) : undefined;
  if (kind === 'list' && rows === 'fixed' && !built) return undefined;
  const original = kind === 'singleton' && !CONFIGURED.has(menu.path) ? factory.tree.get(menu.path)?.items[0] : built;
  const usual = usualValues(menu, original, factory);
  const pairs = [...menu.fields.keys()]
    .toSorted()
    .flatMap((name) => exportField(menu, name, item, usual, router, scope));
  if (kind === 'list' && !built) return { head: 'add', pairs: shortened(pairs) };
  if (pairs.length === 0) return undefined;
  return { head: built ? `set ${addressOf(menu, built, factory)}` : 'set', pairs: shortened(pairs) };
}

/** `remote.address=… .as=…`: the part before the dot is not repeated. */
function shortened(pairs: readonly ExportedPair[]): ExportedPair[] {
  return pairs.map((pair, index) => {
    const [prefix, ...rest] = pair.name.split('.');
    const previous = pairs[index - 1]?.name ?? '';
    return rest.length > 0 && previous.startsWith(`${prefix}.`) ? { ...pair, name: `.${rest.join('.')}` } : pair;
  });
}

/** What an export leaves out. Ports come configured in part: of them only what the hardware gives is left out. */
function usualValues(menu: Menu, original: Item | undefined, factory: Router): Values {
  if (!original) return defaultsOf(menu);
  const isPort = menu.print(original, factory)['default-name'] !== undefined;
  if (!isPort) return original.values;
  const given = Object.entries(original.values).filter(([name]) => HARDWARE.has(name));
  return { ...original.values, ...defaultsOf(menu), ...Object.fromEntries(given) };
}

/** What a port is born with. */
const HARDWARE: ReadonlySet<string> = new Set(['l2mtu', 'mac-address', 'name', 'radio-name']);

/** The row that the router has had from the beginning and that cannot be added. */
function builtinRow(menu: Menu, item: Item, factory: Router): Item | undefined {
  const original = factory.tree.get(menu.path)?.items.find((candidate) => candidate.id === item.id);
  if (!original || menu.definition.rows === 'fixed') return original;
  const row = menu.print(original, factory);
  const isBuiltin = row['default'] === 'true' || row['default-name'] !== undefined || BUILTIN_ROWS.has(menu.path);
  return isBuiltin ? original : undefined;
}

/** `[ find default-name=ether1 ]`, the name, `[ find default=yes ]`, or the place in the menu. */
function addressOf(menu: Menu, original: Item, factory: Router): string {
  const row = menu.print(original, factory);
  if (row['default-name'] !== undefined) return `[ find default-name=${row['default-name']} ]`;
  const name = menu.definition.nameField === undefined ? undefined : row[menu.definition.nameField];
  if (name !== undefined && /^[\w-]+$/.test(name) && menu.path !== '/system/logging/action') return name;
  const defaults = factory.tree.get(menu.path)?.items.filter((item) => menu.print(item, factory)['default'] === 'true');
  if (defaults?.length === 1) return '[ find default=yes ]';
  return String(factory.tree.get(menu.path)?.items.indexOf(original) ?? 0);
}

function exportField(
  menu: Menu,
  name: string,
  item: Item,
  usual: Values,
  router: Router,
  { verbose, sensitive }: ExportScope,
): ExportedPair[] {
  const field = menu.fields.get(name);
  if (!field || !isSettable(field) || field.access === 'write-only' || (field.sensitive && !sensitive)) return [];
  const stored = item.values[name];
  if (stored === undefined) {
    // What the router had and was taken away: an empty value clears it.
    return field.emptyClears && usual[name] !== undefined ? [{ name, value: '' }] : [];
  }
  if (stored === usual[name] && !verbose && !isAlwaysShown(menu.path, name)) return [];
  if (field.type.kind === 'flag') return [{ name }];
  const shown = field.type.show ? field.type.show(stored, router) : stored;
  return [{ name, value: cliWord(shown) }];
}

function cliWord(shown: string): string {
  if (shown === 'true') return 'yes';
  return shown === 'false' ? 'no' : shown;
}

function defaultsOf(menu: Menu): Values {
  const values: Values = {};
  for (const [name, field] of menu.fields) {
    // What is made up for each row (a name, the present time) is no default that an export could leave out.
    if (typeof field.default === 'string') values[name] = field.default;
  }
  return values;
}
