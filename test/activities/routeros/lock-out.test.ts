import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { Step } from '../../../shared/domain/change.ts';
import type { RouterRecord } from '../../../shared/routeros/router.ts';
import { waitUntil } from '../../support/wait-until.ts';
import type { LockOut } from './lock-out-child.ts';
import { PATIENT_LIMITS, startDevice, type SimulatedDevice } from './simulated-device.ts';

type Rows = Record<string, string>[];
const rowsOf = async (device: SimulatedDevice, menu: string): Promise<Rows> => (await device.menu(menu)) as Rows;

/** Arms, applies and stays; resolves when the switch is armed. */
async function startGuardedChange(order: LockOut): Promise<{ kill: () => Promise<void> }> {
  const program = fileURLToPath(new URL('lock-out-child.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the child ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  expect(await Promise.race([line, ended])).toEqual(['armed']);
  return {
    async kill() {
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}

/** Over a connection of its own, as whoever comes next would. */
async function identityOf({ target }: Pick<SimulatedDevice, 'target'>): Promise<RouterRecord> {
  const limits = { ...target.limits, readBackoffMs: [] };
  const { router, ...opened } = openRouter({ ...target, limits, paths: ['/system/identity'], effect: 'read' });
  try {
    return await router.get('/system/identity');
  } finally {
    await opened.close();
  }
}

interface Case {
  what: string;
  /** Where the managers' cable is. Default: on the uplink. */
  management?: 'bridge';
  menu: string;
  /** From the rows of the menu, as the router shows them. */
  step: (rows: Rows) => Step;
  isMade: (rows: Rows) => boolean;
  /** What has to be as before. */
  shown: (row: Record<string, string>) => unknown;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the router lacks the row that the test changes');
  return value;
}

const DROP = { chain: 'input', action: 'drop', comment: 'locked out' };
const CASES: Case[] = [
  {
    what: 'the address that management uses is removed',
    menu: '/ip/address',
    step(rows) {
      const { address = '', interface: on = '' } = required(rows.find((row) => row['interface'] === 'ether1'));
      const values = { address, interface: on };
      return { op: 'remove', menu: '/ip/address', key: values, values, placeBefore: null };
    },
    isMade: (rows) => !rows.some((row) => row['interface'] === 'ether1'),
    shown: ({ address, interface: on, disabled, invalid }) => ({ address, on, disabled, invalid }),
  },
  {
    what: 'the route by which its answers leave is removed',
    menu: '/ip/route',
    step(rows) {
      const { gateway = '' } = required(rows.find((row) => row['dst-address'] === '0.0.0.0/0'));
      const values = { 'dst-address': '0.0.0.0/0', gateway };
      return { op: 'remove', menu: '/ip/route', key: values, values, placeBefore: null };
    },
    isMade: (rows) => !rows.some((row) => row['dst-address'] === '0.0.0.0/0'),
    shown: (row) => [row['dst-address'], row['gateway'], row['active'], row['distance']],
  },
  {
    what: 'a rule of the firewall drops it',
    menu: '/ip/firewall/filter',
    step: () => ({
      op: 'add',
      menu: '/ip/firewall/filter',
      key: { comment: DROP.comment },
      values: DROP,
      placeBefore: { comment: 'management' },
    }),
    isMade: (rows) => rows.some((row) => row['comment'] === DROP.comment),
    shown: ({ chain, action, comment }) => ({ chain, action, comment }),
  },
  {
    what: 'the service is open to other addresses only',
    menu: '/ip/service',
    step: () => ({
      op: 'change',
      menu: '/ip/service',
      key: { name: 'www-ssl' },
      before: { address: '' },
      after: { address: '192.0.2.0/24' },
    }),
    isMade: (rows) => rows.some((row) => row['address'] === '192.0.2.0/24'),
    shown: ({ name, address, port, disabled }) => ({ name, address, port, disabled }),
  },
  {
    what: 'its port is taken out of the bridge',
    management: 'bridge',
    menu: '/interface/bridge/port',
    step(rows) {
      const { interface: port = '', bridge = '' } = required(rows.find((row) => row['interface'] === 'ether2'));
      const menu = '/interface/bridge/port';
      return { op: 'remove', menu, key: { interface: port }, values: { interface: port, bridge }, placeBefore: null };
    },
    isMade: (rows) => !rows.some((row) => row['interface'] === 'ether2'),
    shown: ({ interface: port, bridge, disabled }) => ({ port, bridge, disabled }),
  },
];

for (const { what, management, menu, step, isMade, shown } of CASES) {
  test(`with our process killed, the router itself undoes that ${what}`, async () => {
    const device = await startDevice({ management });
    onTestFinished(device.stop);
    const configuration = async (): Promise<unknown[]> =>
      (await rowsOf(device, menu)).filter((row) => row['dynamic'] !== 'true').map(shown);
    const before = await configuration();
    const child = await startGuardedChange({
      target: { ...device.target, limits: PATIENT_LIMITS, observe: undefined },
      transaction: 'tx01',
      minutes: 2,
      steps: [step(await rowsOf(device, menu))],
    });
    await waitUntil('the change to be made', async () => isMade(await rowsOf(device, menu)));
    await child.kill();
    const unreachable = { code: expect.stringMatching(/^DEVICE_(UNREACHABLE|TIMEOUT)$/) };
    await expect(identityOf(device)).rejects.toMatchObject(unreachable);

    await device.advance(110);
    await expect(identityOf(device)).rejects.toMatchObject(unreachable);
    await device.advance(15);
    expect(await identityOf({ target: { ...device.target, limits: PATIENT_LIMITS } })).toMatchObject({
      name: expect.any(String),
    });
    const after = await configuration();
    expect(after).toHaveLength(before.length);
    // A row that is added again stands last; the order of these menus means nothing, except that of rules.
    expect(after).toEqual(menu === '/ip/firewall/filter' ? before : expect.arrayContaining(before));
    expect(await rowsOf(device, '/system/scheduler')).toEqual([]);
  });
}
