import { expect, test } from 'vitest';
import { inspectAll } from '../../../activities/device/steps.ts';
import type { Step } from '../../../shared/domain/change.ts';
import type { ListOptions } from '../../../shared/routeros/router.ts';
import { cannedRouter } from '../../operations/canned-router.ts';

const LIST = '/ip/firewall/address-list';
const listed = (list: string, address: string): Step => ({
  op: 'add',
  menu: LIST,
  key: { list, address },
  values: { list, address, comment: 'x' },
  placeBefore: null,
});
const ADDRESS: Step = {
  op: 'remove',
  menu: '/ip/address',
  key: { address: '10.0.0.1/24' },
  values: { address: '10.0.0.1/24', interface: 'ether1' },
  placeBefore: null,
};

test('many steps read each table once, and of address lists only the lists that they are about', async () => {
  const router = cannedRouter({
    [LIST]: [
      { '.id': '*1', list: 'mcp-a', address: '192.0.2.1', comment: 'x' },
      { '.id': '*2', list: 'offices', address: '192.0.2.2', comment: 'x' },
    ],
    '/ip/address': [{ '.id': '*1', address: '10.0.0.1/24', interface: 'ether1' }],
  });
  const reads: [string, ListOptions | undefined][] = [];
  const counting: typeof router = {
    ...router,
    list: (menu, options) => {
      reads.push([menu, options]);
      return router.list(menu, options);
    },
  };
  const steps = [listed('mcp-a', '192.0.2.1'), ADDRESS, listed('mcp-a', '192.0.2.2'), listed('mcp-b', '192.0.2.1')];
  const states = await inspectAll(counting, steps);
  expect(states.map(({ is }) => is)).toEqual(['after', 'before', 'before', 'before']);
  const listFields = ['list', 'address', 'comment', 'dynamic', 'disabled'];
  expect(reads).toEqual([
    [LIST, { fields: listFields, only: { list: 'mcp-a' } }],
    ['/ip/address', { fields: ['address', 'interface', 'dynamic', 'disabled'], only: {} }],
    [LIST, { fields: listFields, only: { list: 'mcp-b' } }],
  ]);
});

test('an entry that changes its list is looked for in both', async () => {
  const router = cannedRouter({ [LIST]: [{ '.id': '*1', list: 'mcp-b', address: '192.0.2.1' }] });
  const key = { list: 'mcp-a', address: '192.0.2.1' };
  const moved: Step = { op: 'change', menu: LIST, key, before: { list: 'mcp-a' }, after: { list: 'mcp-b' } };
  expect(await inspectAll(router, [moved])).toEqual([{ is: 'after' }]);
});
