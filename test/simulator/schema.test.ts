import { describe, expect, test } from 'vitest';
import { BOARDS } from '../../simulator/boards.ts';
import type { MenuDefinition } from '../../simulator/engine/definition.ts';
import { hasCommand } from '../../simulator/engine/execute.ts';
import { isSettable, type Menu } from '../../simulator/engine/menu.ts';
import { ALL_MENUS } from '../../simulator/menus/all-menus.ts';
import { Router } from '../../simulator/router/router.ts';
import { knownMenus } from './schema/known-menus.ts';

const VERSIONS = ['7.12.2', '7.16.2', '7.20.8', '7.22.3'];
const STANDARD = ['add', 'remove', 'set', 'enable', 'disable', 'comment', 'move', 'reset', 'unset'];

/** What every menu has: arguments that say which row is meant or that the console adds to `add`, and printing. */
const NOT_IN_TREES = new Set(['numbers', 'copy-from', 'place-before', 'print']);

describe.each(VERSIONS)('a CHR with RouterOS %s', (version) => {
  const known = knownMenus(version);
  const router = new Router({
    name: 'schema',
    index: 0,
    board: BOARDS.chr,
    version,
    accounts: [{ name: 'admin', group: 'full', password: 'x' }],
    menus: ALL_MENUS,
  });
  const menus = router.tree.paths().map((path) => router.tree.menuAt(path));

  test('has no menu that the version does not have, and none of another kind', () => {
    const wrong = menus
      .filter((menu) => known.get(menu.path)?.kind !== menu.definition.kind)
      .map((menu) => `${menu.path} is a ${menu.definition.kind}, there: ${known.get(menu.path)?.kind ?? 'absent'}`);
    expect(wrong).toEqual([]);
  });

  test('takes no parameter that the version does not take', () => {
    expect(menus.flatMap((menu) => notIn(settable(menu), known.get(menu.path)?.parameters, menu.path))).toEqual([]);
  });

  test('takes every parameter that the version takes', () => {
    const missing = menus.flatMap((menu) =>
      notIn([...(known.get(menu.path)?.parameters ?? [])], new Set(settable(menu)), menu.path),
    );
    expect(missing).toEqual([]);
  });

  test('has no command that the version does not have', () => {
    const commands = (menu: Menu): string[] => [
      ...menu.commands.keys(),
      ...STANDARD.filter((command) => hasCommand(menu, command)),
    ];
    expect(menus.flatMap((menu) => notIn(commands(menu), known.get(menu.path)?.commands, menu.path))).toEqual([]);
  });
});

test('menus that a CHR does not have are those of hardware and extra packages', () => {
  const chr = new Set(VERSIONS.flatMap((version) => [...knownMenus(version).keys()]));
  const others = ALL_MENUS.filter(({ path }: MenuDefinition) => !chr.has(path)).map(({ path }) => path);
  expect(others.filter((path) => !HARDWARE.some((prefix) => path.startsWith(prefix)))).toEqual([]);
});

const HARDWARE = [
  '/interface/ethernet/poe',
  '/interface/ethernet/switch',
  '/interface/wireless',
  '/interface/wifi',
  '/interface/wifiwave2',
  '/caps-man',
  '/system/health/settings',
  '/system/routerboard',
];

function settable(menu: Menu): string[] {
  return [...menu.fields].filter(([, field]) => isSettable(field)).map(([name]) => name);
}

function notIn(names: readonly string[], allowed: ReadonlySet<string> | undefined, path: string): string[] {
  return names.filter((name) => !allowed?.has(name) && !NOT_IN_TREES.has(name)).map((name) => `${path} ${name}`);
}
