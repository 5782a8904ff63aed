import type { McpSession } from '../../cli/tour/mcp-session.ts';
import { setLatency, withStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';

const ROUTERS = 40;
const LATENCY_MS = 20;
/** Reads of living routers at a time, and how many are measured. */
const READERS = 4;
const SAMPLES = 1_000;
/** Callers who go on asking dead routers meanwhile. */
const CALLERS_OF_DEAD = 8;

/** What callers of living routers notice when the other half of the fleet refuses connections or never answers. */
export async function measureHalfDead(say: (line: string) => void): Promise<Figure[]> {
  return withStack({ routers: ROUTERS, say }, async ({ file, mcp, deviceIds }) => {
    await setLatency(file, LATENCY_MS);
    const living = deviceIds.filter((_, index) => index % 2 === 0);
    const dead = deviceIds.filter((_, index) => index % 2 === 1);
    await sample(mcp, deviceIds, SAMPLES / 2);
    say(`${SAMPLES} reads of ${living.length} routers while all ${ROUTERS} live`);
    const well = await sample(mcp, living, SAMPLES);

    for (const [index, deviceId] of dead.entries()) {
      const { name } = await mcp.call<{ name: string }>('get_device', { deviceId });
      await fetch(`${file.simulator?.controlUrl}/devices/${name}/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ kind: index % 2 === 0 ? 'hang' : 'refuse' }]),
      });
    }
    const stop = new AbortController();
    const asking = Array.from({ length: CALLERS_OF_DEAD }, (_, caller) => askDead(mcp, dead, caller, stop.signal));
    say(`the same while ${dead.length} hang or refuse, and are asked by ${CALLERS_OF_DEAD} callers`);
    const half = await sample(mcp, living, SAMPLES);
    stop.abort();
    await Promise.all(asking);

    const [before, after] = [percentile(well, 0.95), percentile(half, 0.95)];
    const note = `get_dns_status, ${READERS} at a time, ${living.length} living routers of ${LATENCY_MS} ms`;
    return [
      { name: 'read of a living router, all live, p95', value: before, unit: 'ms', target: null, note },
      { name: 'read of a living router, half the fleet dead, p95', value: after, unit: 'ms', target: null, note },
      {
        name: 'half the fleet dead: reads of the living half are slower at p95 by',
        value: Math.max(0, (after / before - 1) * 100),
        unit: '%',
        target: 50,
        note: `${dead.length} routers hang or refuse, asked by ${CALLERS_OF_DEAD} callers meanwhile`,
      },
    ];
  });
}

async function sample(mcp: McpSession, deviceIds: readonly string[], samples: number): Promise<number[]> {
  const tookMs: number[] = [];
  let next = 0;
  const reader = async (): Promise<void> => {
    while (next < samples) {
      const deviceId = deviceIds[next++ % deviceIds.length] ?? '';
      const startedAtMs = performance.now();
      await mcp.call('get_dns_status', { deviceId });
      tookMs.push(performance.now() - startedAtMs);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return tookMs;
}

async function askDead(mcp: McpSession, dead: readonly string[], from: number, stop: AbortSignal): Promise<void> {
  for (let index = from; !stop.aborted; index++) {
    // It fails, at once or after a while; how is not measured here.
    await mcp.call('get_dns_status', { deviceId: dead[index % dead.length] ?? '' }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
