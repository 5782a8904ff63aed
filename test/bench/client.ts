import { Pool } from 'undici';
import { createDeviceSession } from '../../activities/routeros/device-session.ts';
import type { RouterTarget } from '../../activities/routeros/router-target.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { startFleet, type Fleet } from '../../simulator/fleet.ts';
import { percentile, table, type Figure } from './figures.ts';

const CALLS = 1_000;
const ROWS = 3_000;
const LARGE_READS = 25;
const FILTER = '/ip/firewall/filter';
const ADDRESS = '/ip/address';
const DNS = '/ip/dns';

/** What the device client itself costs, measured against bare requests to the same simulated router. */
export async function measureClient(): Promise<Figure[]> {
  return [await sideBySide(measureOverhead), await measureHandshakes(), ...(await sideBySide(measureLargeList))];
}

async function sideBySide<T>(measure: (fleet: Fleet, router: Router, bare: Bare) => Promise<T>): Promise<T> {
  const fleet = await startFleet({ routers: 1, board: 'rb5009' });
  const target = targetOf(fleet);
  const session = createDeviceSession(target);
  const pool = new Pool(`https://${target.host}:${target.restPort}`, {
    connections: 1,
    pipelining: 1,
    connect: { rejectUnauthorized: false },
  });
  const authorization = `Basic ${Buffer.from(`${target.username}:${target.password}`).toString('base64')}`;
  try {
    const router = session.router({ paths: [DNS, FILTER], effect: 'read' });
    return await measure(fleet, router, async (path) => {
      const { body } = await pool.request({ path, method: 'GET', headers: { authorization } });
      return Buffer.from(await body.arrayBuffer());
    });
  } finally {
    await pool.close();
    await session.close();
    await fleet.stop();
  }
}

/** One request without our client: sent with undici, its body read to the end. */
type Bare = (path: string) => Promise<Buffer>;

/** The two take turns, so that what slows the machine slows both. */
async function measureOverhead(_: Fleet, router: Router, bare: Bare): Promise<Figure> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let call = 0; call < 2 * CALLS; call++) {
    const bareMs = await timed(() => bare(`/rest${DNS}`));
    const clientMs = await timed(() => router.get(DNS));
    // Warm means the program too: its code has run often enough to be compiled.
    if (call < CALLS) continue;
    theirs.push(bareMs);
    ours.push(clientMs);
  }
  return {
    name: 'device client, overhead of a call, p50',
    value: Math.max(0, percentile(ours, 0.5) - percentile(theirs, 0.5)),
    unit: 'ms',
    target: 1,
    note: `${CALLS} reads of ${DNS} in turns with bare undici requests, simulator in the same process`,
  };
}

async function measureHandshakes(): Promise<Figure> {
  const fleet = await startFleet({ routers: 1, board: 'rb5009' });
  const session = createDeviceSession(targetOf(fleet));
  try {
    const router = session.router({ paths: [DNS, ADDRESS], effect: 'write' });
    const key = { address: '10.99.0.1/24' };
    for (let call = 0; call < CALLS; call += 4) {
      await router.get(DNS);
      await router.add(ADDRESS, { ...key, interface: 'ether3' }, { key });
      await router.list(ADDRESS, { where: key });
      await router.remove(ADDRESS, key);
    }
    return {
      name: `device client, TLS handshakes in ${CALLS} calls`,
      value: fleet.routers[0]!.router.journal.counters.tlsHandshakes,
      unit: 'handshakes',
      target: 1,
      note: 'one device; reads, lists, additions and removals of rows in turn',
    };
  } finally {
    await session.close();
    await fleet.stop();
  }
}

async function measureLargeList(fleet: Fleet, router: Router, bare: Bare): Promise<Figure[]> {
  for (let index = 0; index < ROWS; index++) {
    fleet.routers[0]!.router.insert(FILTER, {
      action: 'accept',
      chain: 'forward',
      comment: `rule ${index}`,
      protocol: 'tcp',
      'src-address': `10.${index >> 8}.${index & 255}.0/24`,
    });
  }
  const fields = ['chain', 'action', 'comment', 'protocol', 'src-address', 'disabled', 'dynamic', 'bytes', 'packets'];
  const path = `/rest${FILTER}?.proplist=.id,${fields.join(',')}`;
  const ours: number[] = [];
  const bytes: number[] = [];
  const parsed: number[] = [];
  for (let read = 0; read < LARGE_READS; read++) {
    bytes.push(await timed(() => bare(path)));
    parsed.push(await timed(async () => JSON.parse((await bare(path)).toString('utf8')) as unknown));
    ours.push(await timed(() => router.list(FILTER, { fields })));
  }
  const share = (of: readonly number[]): number => (100 * Math.min(...ours)) / Math.min(...of);
  const note = `fastest of ${LARGE_READS}; the bytes alone take the simulator ${Math.min(...bytes).toFixed(0)} ms`;
  return [
    {
      name: `device client, a list of ${ROWS} firewall rules, of a bare request and its JSON`,
      value: share(parsed),
      unit: '%',
      target: 120,
      note,
    },
    {
      name: `device client, a list of ${ROWS} firewall rules, of a bare request's bytes`,
      value: share(bytes),
      unit: '%',
      target: null,
      note,
    },
  ];
}

function targetOf(fleet: Fleet): RouterTarget {
  const { host, restPort, user: username, password, fingerprint: fingerprint256 } = fleet.devices[0]!;
  return { host, restPort, tls: { mode: 'pinned', fingerprint256 }, username, password };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

if (import.meta.main) console.log(table(await measureClient()));
