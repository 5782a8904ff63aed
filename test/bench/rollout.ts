import { setTimeout as delay } from 'node:timers/promises';
import type { McpSession } from '../../cli/tour/mcp-session.ts';
import { openPeople, type People } from '../../cli/tour/people.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { setLatency, tokenOf, withStack, type BenchStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';
import { openLoadClient } from './mcp-load.ts';
import { approve, completes, propose } from './plan-runs.ts';

type Say = (line: string) => void;

export const LATENCY_MS = 20;
const SERVERS = { dnsServers: ['9.9.9.9'], ntpServers: ['162.159.200.1'] };
/** Of the issue of 1,000 devices: readers beside it, and the time between two reads of one of them, milliseconds. */
const READERS = 5;
const THINKING_MS = 500;

/** From the approval to the completed rollout of ten routers, without pauses. */
export async function measureRollout(mcp: McpSession, people: People, deviceIds: readonly string[]): Promise<Figure> {
  const plan = await propose(mcp, 'dns_ntp', {
    deviceIds,
    ...SERVERS,
    rollout: { canary: 1, batchSize: 9, pauseSeconds: 0 },
  });
  return {
    name: `rollout of ${deviceIds.length} devices`,
    value: await rollOut(mcp, people, plan),
    unit: 's',
    target: 10,
    note: 'canary of 1 and a batch of 9, no pauses, routers of 20 ms, approval included',
  };
}

/** Seconds from the approval to the end of a rollout; fails unless every device was changed. */
async function rollOut(mcp: McpSession, people: People, plan: Plan): Promise<number> {
  const startedAtMs = performance.now();
  await approve(people, plan);
  const { progress } = await completes(mcp, plan);
  if (progress.applied !== progress.total) throw new Error(`${progress.applied} of ${progress.total} were changed`);
  return (performance.now() - startedAtMs) / 1000;
}

/** How long it takes to read so many routers and to work out what a plan changes, with closed and with open lanes. */
export async function measurePlanning(say: Say, routers = 200): Promise<Figure[]> {
  return withStack({ routers, say }, async ({ file, mcp, deviceIds }) => {
    await setLatency(file, LATENCY_MS);
    const seconds: number[] = [];
    for (const lanes of ['closed', 'open']) {
      say(`a plan of ${routers} devices whose lanes are ${lanes}`);
      const startedAtMs = performance.now();
      const { status, statusReason } = await propose(mcp, 'dns_ntp', { deviceIds, ...SERVERS });
      if (status !== 'awaiting_approval') throw new Error(`the plan is ${status}: ${statusReason}`);
      seconds.push((performance.now() - startedAtMs) / 1000);
    }
    const [closed = Number.NaN, open = Number.NaN] = seconds;
    const note = `plan_dns_ntp until people can decide, routers of ${LATENCY_MS} ms`;
    const name = `planning ${routers} devices`;
    return [
      { name: `${name}, lanes closed`, value: closed, unit: 's', target: null, note: `${note}; opens every lane` },
      { name, value: open, unit: 's', target: 10, note: `${note}, lanes open` },
    ];
  });
}

/** A rollout of many devices, fifty at a time and without pauses. */
export async function measureLargeRollout(say: Say, routers = 200): Promise<Figure[]> {
  return withStack({ routers, say }, async (running) => {
    await setLatency(running.file, LATENCY_MS);
    const plan = await proposeForAll(running);
    say(`a rollout of ${routers} devices, 50 at a time`);
    return [
      {
        name: `rollout of ${routers} devices, 50 at a time`,
        value: await rollOut(running.mcp, openPeople(running.file), plan),
        unit: 's',
        target: 60,
        note: `no canary and no pauses, routers of ${LATENCY_MS} ms, approval included`,
      },
    ];
  });
}

/** The largest rollout there is, while people read. */
export async function measureLargestRollout(say: Say, routers = 1000): Promise<Figure[]> {
  return withStack({ routers, say }, async (running) => {
    const { file, mcp, deviceIds } = running;
    await setLatency(file, LATENCY_MS);
    say(`a plan of ${routers} devices`);
    const startedAtMs = performance.now();
    const plan = await proposeForAll(running);
    const plannedSeconds = (performance.now() - startedAtMs) / 1000;
    say(`a rollout of ${routers} devices, 50 at a time, with ${READERS} readers beside it`);
    const reading = new AbortController();
    const readers = readMeanwhile(running, deviceIds, reading.signal);
    const seconds = await rollOut(mcp, openPeople(file), plan).finally(() => reading.abort());
    const { ms, refused } = await readers;
    const note = `get_dns_status and list_devices in turn, ${READERS} readers, one read in ${THINKING_MS} ms each, ${ms.length} reads`;
    return [
      {
        name: `planning ${routers} devices`,
        value: plannedSeconds,
        unit: 's',
        target: null,
        note: `opens every lane; routers of ${LATENCY_MS} ms`,
      },
      {
        name: `rollout of ${routers} devices, 50 at a time`,
        value: seconds,
        unit: 's',
        target: 360,
        note: `no canary and no pauses, routers of ${LATENCY_MS} ms, approval included`,
      },
      { name: `reads during that rollout, p50`, value: percentile(ms, 0.5), unit: 'ms', target: null, note },
      { name: `reads during that rollout, p95`, value: percentile(ms, 0.95), unit: 'ms', target: 300, note },
      { name: `reads during that rollout, not answered`, value: refused, unit: 'requests', target: 0, note },
    ];
  });
}

function proposeForAll({ mcp, deviceIds }: BenchStack): Promise<Plan> {
  const rollout = { canary: 0, batchSize: 50, pauseSeconds: 0 };
  return propose(mcp, 'dns_ntp', { deviceIds, ...SERVERS, rollout, comment: 'measured' });
}

/** People who look at routers and at the fleet until the signal is aborted. */
async function readMeanwhile(
  { file }: BenchStack,
  deviceIds: readonly string[],
  signal: AbortSignal,
): Promise<{ ms: number[]; refused: number }> {
  const token = await tokenOf(file, 'viewer@convoy.test');
  const found = { ms: [] as number[], refused: 0 };
  const read = async (reader: number): Promise<void> => {
    // A connection each: nobody's question waits for the answer of somebody else.
    const client = openLoadClient(file.mcpUrl, token);
    for (let turn = reader; !signal.aborted; turn += READERS) {
      const deviceId = deviceIds[(turn * 7919) % deviceIds.length] ?? '';
      const call =
        turn % 2 === 0 ? { name: 'get_dns_status', arguments: { deviceId } } : { name: 'list_devices', arguments: {} };
      try {
        found.ms.push((await client.ask('tools/call', call)).ms);
      } catch {
        found.refused += 1;
      }
      await delay(THINKING_MS, undefined, { signal }).catch(() => undefined);
    }
    await client.close();
  };
  await Promise.all(Array.from({ length: READERS }, (_, reader) => read(reader)));
  return found;
}
