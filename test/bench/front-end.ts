import { setTimeout as delay } from 'node:timers/promises';
import { embeddedUsers } from '../../cli/stack/idp/users.ts';
import type { StackFile } from '../../cli/stack/stack-file.ts';
import { tokenOf, withStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';
import { openLoadClient, type LoadClient } from './mcp-load.ts';
import { computedMs, heapUsedMb, residentMb } from './stack-metrics.ts';

type Say = (line: string) => void;

const LISTINGS = 400;
const CLIENTS = 20;
/** Calls of each client that are measured, and before them some until the program is warm: its code is compiled by then. */
const CALLS_EACH = 100;
const WARM_CALLS_EACH = 300;
/** The time a client thinks between two of them on average, milliseconds: half of it at least, and never in step with others. */
const THINKING_MS = 100;
const CALLS = 50_000;
/** Below what the people's budgets of reads together allow. */
const CALLS_A_SECOND = 500;
const WARM_CALLS = 10_000;
/** Parts of the calls whose memory is compared. */
const PARTS = 5;
const HEAP_LOOK_MS = 500;

/** What the front end itself costs: lists of tools, and calls that no router has a part in. */
export async function measureFrontEnd(say: Say): Promise<Figure[]> {
  return withStack({ routers: 5, webs: 1, say }, async ({ file, deviceIds }) => {
    const clients = await openClients(file, CLIENTS);
    try {
      say(`${LISTINGS} lists of tools, one after the other`);
      const listings = await measureListings(file, clients[0] as LoadClient);
      say(`${CLIENTS} clients at the same time`);
      return [...listings, ...(await measureOverhead(file, clients, deviceIds))];
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  });
}

/** Whether the memory of the process grows with what it has answered. */
export async function measureMemory(say: Say): Promise<Figure[]> {
  return withStack({ routers: 5, webs: 1, say }, async ({ file, deviceIds }) => {
    const clients = await openClients(file, CLIENTS);
    try {
      say(`${WARM_CALLS} calls, so that everything has been used`);
      await callAtPace(clients, WARM_CALLS, deviceIds);
      say(`${CALLS} calls more`);
      const kept: number[] = [];
      for (let part = 0; part < PARTS; part++) {
        kept.push(await lowestHeap(file, () => callAtPace(clients, CALLS / PARTS, deviceIds)));
      }
      const [first = Number.NaN, last = Number.NaN] = [kept[0], kept.at(-1)];
      const resident = (await residentMb(file.pids.web)).toFixed(0);
      return [
        {
          name: `heap of the front end after ${CALLS} calls, growth`,
          value: Math.max(0, last - first),
          unit: 'MB',
          target: 5,
          note:
            `least in use during each ${CALLS / PARTS} calls: ${kept.map((mb) => mb.toFixed(0)).join(', ')} MB, ` +
            `resident ${resident} MB; tools/list, list_devices, get_device`,
        },
      ];
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  });
}

/** The least that was in use while `work` was going on: what no collection of garbage took away. */
async function lowestHeap(file: StackFile, work: () => Promise<void>): Promise<number> {
  let lowest = Infinity;
  const timer = setInterval(() => {
    void heapUsedMb(file).then((used) => {
      lowest = Math.min(lowest, used);
    });
  }, HEAP_LOOK_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return lowest;
}

async function measureListings({ pids }: StackFile, client: LoadClient): Promise<Figure[]> {
  const taken: number[] = [];
  let size = 0;
  let before = 0;
  for (let listing = 0; listing < 2 * LISTINGS; listing++) {
    // Warm means the program too: its code has run often enough to be compiled.
    if (listing === LISTINGS) before = await computedMs(pids.web);
    const { result, ms } = await client.ask('tools/list');
    size = (result['tools'] as unknown[]).length;
    if (listing >= LISTINGS) taken.push(ms);
  }
  const computed = (await computedMs(pids.web)) - before;
  const note = `${LISTINGS} one after the other, ${size} tools, token checked each time`;
  return [
    { name: 'tools/list, p50', value: percentile(taken, 0.5), unit: 'ms', target: 5, note },
    { name: 'tools/list, computing time', value: computed / LISTINGS, unit: 'ms', target: 5, note },
  ];
}

/** Clients that think between calls, as programs around a model do, and then the same without a pause. */
async function measureOverhead({ pids }: StackFile, clients: LoadClient[], deviceIds: string[]): Promise<Figure[]> {
  const call = (client: LoadClient, index: number) =>
    client.ask('tools/call', {
      name: 'get_device',
      arguments: { deviceId: deviceIds[index % deviceIds.length] ?? '' },
    });
  const paced = async (client: LoadClient, index: number): Promise<number[]> => {
    const taken: number[] = [];
    for (let turn = 0; turn < WARM_CALLS_EACH + CALLS_EACH; turn++) {
      await delay(THINKING_MS * (0.5 + Math.random()));
      const { ms } = await call(client, index);
      if (turn >= WARM_CALLS_EACH) taken.push(ms);
    }
    return taken;
  };
  const taken = (await Promise.all(clients.map(paced))).flat();
  const startedAtMs = performance.now();
  const before = await computedMs(pids.web);
  await Promise.all(
    clients.map(async (client, index) => {
      for (let turn = 0; turn < CALLS_EACH; turn++) await call(client, index);
    }),
  );
  const computed = (await computedMs(pids.web)) - before;
  const perSecond = (clients.length * CALLS_EACH * 1000) / (performance.now() - startedAtMs);
  const note = `get_device by ${clients.length} clients that think ${THINKING_MS} ms on average between calls: token, scope, one row of the database`;
  return [
    { name: 'MCP call without a router, p50', value: percentile(taken, 0.5), unit: 'ms', target: null, note },
    { name: 'MCP call without a router, p95', value: percentile(taken, 0.95), unit: 'ms', target: 5, note },
    {
      name: 'MCP call without a router, computing time',
      value: computed / (clients.length * CALLS_EACH),
      unit: 'ms',
      target: 5,
      note: `${clients.length} clients without a pause: ${perSecond.toFixed(0)} calls a second in one process`,
    },
  ];
}

/** So many calls of several kinds, at a rate that leaves the people's budgets alone. */
async function callAtPace(clients: LoadClient[], calls: number, deviceIds: string[]): Promise<void> {
  const turns = calls / clients.length;
  const turnMs = (1000 * clients.length) / CALLS_A_SECOND;
  await Promise.all(
    clients.map(async (client, index) => {
      for (let turn = 0; turn < turns; turn++) {
        const startedAtMs = performance.now();
        if (turn % 10 === 0) await client.ask('tools/list');
        else if (turn % 3 === 0) await client.ask('tools/call', { name: 'list_devices', arguments: {} });
        else {
          const deviceId = deviceIds[(turn + index) % deviceIds.length] ?? '';
          await client.ask('tools/call', { name: 'get_device', arguments: { deviceId } });
        }
        await delay(Math.max(0, turnMs - (performance.now() - startedAtMs)));
      }
    }),
  );
}

/** The embedded people in turn: each has a budget of calls of their own. */
async function openClients(file: StackFile, count: number): Promise<LoadClient[]> {
  const tokens = await Promise.all(embeddedUsers.map(({ email }) => tokenOf(file, email)));
  return Array.from({ length: count }, (_, index) => openLoadClient(file.mcpUrl, tokens[index % tokens.length] ?? ''));
}
