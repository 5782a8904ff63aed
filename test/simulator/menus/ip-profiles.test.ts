import { describe, expect, test } from 'vitest';
import { BOARDS } from '../../../simulator/boards.ts';
import { ALL_MENUS } from '../../../simulator/menus/all-menus.ts';
import { Router } from '../../../simulator/router/router.ts';

const VERSIONS = ['7.12.2', '7.16.2', '7.20.8', '7.22.3'];
const MENUS = /^\/(ip|ipv6|routing|queue|tool)(\/|$)/;

describe.each(VERSIONS)('RouterOS %s', (version) => {
  test.each(Object.entries(BOARDS))('%s prints every menu of addresses, routes, queues and tools', (_key, board) => {
    const router = new Router({
      name: 'lab',
      index: 3,
      board,
      version,
      accounts: [{ name: 'admin', group: 'full', password: 'secret' }],
      menus: ALL_MENUS,
      uptimeMs: 93_784_000,
    });
    const paths = router.tree.paths().filter((path) => MENUS.test(path));
    const rows = paths.flatMap((path) => router.rows(path));
    expect(paths.length).toBeGreaterThan(60);
    expect(rows.flatMap((row) => Object.values(row)).filter((value) => typeof value !== 'string')).toEqual([]);
    for (const path of paths) {
      const ids = router.rows(path).flatMap((row) => row['.id'] ?? []);
      expect(new Set(ids).size, `ids of ${path}`).toBe(ids.length);
    }
  });
});
