import { expect, test } from 'vitest';
import { AUTHOR_MENUS, readAuthors } from '../../activities/device/change-authors.ts';
import type { FoundDrift } from '../../shared/plans/drift/reconcile-drift.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { openSimulatedRouter } from '../plans/simulated-router.ts';

const LIST = '/ip/firewall/address-list';
const name = (before: string, after: string): FoundDrift => ({
  menu: '/system/identity',
  objectKey: '',
  kind: 'changed',
  before: { name: before },
  after: { name: after },
});

/** The router, and which menus are read. */
function watched(router: Router): { router: Router; read: string[] } {
  const read: string[] = [];
  const list: Router['list'] = (menu, options) => {
    read.push(menu);
    return router.list(menu, options);
  };
  return { router: { ...router, get: (menu) => router.get(menu), list }, read };
}

test('who changed something is in the history, and once that is full of other things in the log', async () => {
  const opened = await openSimulatedRouter({ paths: [...AUTHOR_MENUS, '/system/identity', LIST] });
  const { router, read } = watched(opened);
  await opened.set('/system/identity', { name: 'somebody' });
  const change = name('lab-01', 'somebody');
  const byHistory = await readAuthors(() => router, [change]);
  const author = byHistory(change);
  expect(author).toMatchObject({ match: 'object', action: 'system identity changed' });
  expect(read, 'the log is long, and not needed').toEqual(['/system/history']);

  // The history holds a hundred changes.
  for (let host = 1; host <= 100; host += 1) {
    const entry = { list: 'mcp-a', address: `192.0.2.${host}` };
    await opened.add(LIST, entry, { key: entry });
  }
  const byLog = await readAuthors(() => router, [change]);
  expect(byLog(change)).toEqual({ ...author, match: 'log' });
  const added = { ...change, menu: '/ip/pool', kind: 'added' } as const;
  expect(byLog(added), 'nothing tells').toBeNull();
});
