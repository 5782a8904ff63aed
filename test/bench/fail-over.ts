import { setTimeout as delay } from 'node:timers/promises';
import type { StackFile } from '../../cli/stack/stack-file.ts';
import { openPeople } from '../../cli/tour/people.ts';
import { setLatency, withStack } from './bench-stack.ts';
import type { Figure } from './figures.ts';
import { approve, completes, propose } from './plan-runs.ts';
import { LATENCY_MS } from './rollout.ts';

const ROUTERS = 40;
const LOOK_AGAIN_MS = 20;
/** Writes of a device: the servers of names and of time. */
const WRITES_EACH = 2;

/** What a rollout loses when one of two workers is killed in the middle of it. */
export async function measureFailOver(say: (line: string) => void, routers = ROUTERS): Promise<Figure[]> {
  return withStack({ routers, say }, async ({ stack, file, mcp, deviceIds }) => {
    await setLatency(file, LATENCY_MS);
    const plan = await propose(mcp, 'dns_ntp', {
      deviceIds,
      dnsServers: ['9.9.9.9'],
      ntpServers: ['162.159.200.1'],
      rollout: { canary: 0, batchSize: Math.ceil(routers / 4), pauseSeconds: 0 },
    });
    const [worker] = stack.services().filter(({ kind }) => kind === 'worker');
    if (worker === undefined) throw new Error('there is no worker');
    await approve(openPeople(file), plan);
    while ((await writeTimes(file)).length < WRITES_EACH * 2) await delay(LOOK_AGAIN_MS);
    say('kill -9 of one of two workers');
    const killedAtMs = Date.now();
    process.kill(worker.pid, 'SIGKILL');
    await completes(mcp, plan);
    const times = await writeTimes(file);
    if (times.length !== WRITES_EACH * routers)
      throw new Error(`${times.length} writes were made by the routers' journals`);
    const after = times.filter((time) => time >= killedAtMs);
    const pauses = after.map((time, index) => time - (after[index - 1] ?? killedAtMs));
    const note = `${routers} routers of ${LATENCY_MS} ms in four batches, by their journals; every write was made once`;
    return [
      {
        name: 'first further write after kill -9 of a worker',
        value: (pauses[0] ?? 0) / 1000,
        unit: 's',
        target: 15,
        note,
      },
      {
        name: 'longest time without a write after kill -9 of a worker',
        value: Math.max(...pauses) / 1000,
        unit: 's',
        target: 15,
        note: `${note}; half of the lanes were those of the dead worker`,
      },
    ];
  });
}

/** When each write was made, milliseconds since the epoch, in order. */
async function writeTimes({ simulator }: StackFile): Promise<number[]> {
  const journals = (simulator?.devices ?? []).map(async ({ name }) => {
    const answer = await fetch(`${simulator?.controlUrl}/devices/${name}/journal`);
    const { entries } = (await answer.json()) as { entries: { time: string; transport: string }[] };
    return entries.filter(({ transport }) => transport === 'rest').map(({ time }) => Date.parse(time));
  });
  return (await Promise.all(journals)).flat().toSorted((one, other) => one - other);
}
