import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import type { Figure } from './figures.ts';
import { residentMb } from './stack-metrics.ts';

const ROUTERS = 1000;
const program = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

type Announcement = { devices: { host: string; restPort: number; user: string; password: string }[] };

/** A thousand simulated routers in one process: how soon they answer, and what they weigh when each was used. */
export async function measureSimulator(): Promise<Figure[]> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [program, '--routers', String(ROUTERS), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (!child.stdout) throw new Error('the simulator has no output');
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const readySeconds = (performance.now() - startedAtMs) / 1000;
    const { devices } = JSON.parse(line) as Announcement;
    const pids = child.pid === undefined ? [] : [child.pid];
    const idleMb = await residentMb(pids);
    await useEach(devices);
    const usedMb = await residentMb(pids);
    const note = `one process, ${ROUTERS} routers with TLS and SSH`;
    return [
      { name: `${ROUTERS} simulated routers ready`, value: readySeconds, unit: 's', target: 20, note },
      { name: `${ROUTERS} simulated routers, unused`, value: idleMb, unit: 'MB', target: 500, note },
      { name: `${ROUTERS} simulated routers, each read and written`, value: usedMb, unit: 'MB', target: 500, note },
    ];
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

/** A read and a write, so that every menu of every router has come into being. */
async function useEach(devices: Announcement['devices']): Promise<void> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false }, connections: 1, keepAliveTimeout: 1 });
  for (const { host, restPort, user, password } of devices) {
    const headers = {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    };
    const base = `https://${host}:${restPort}/rest`;
    const read = await request(`${base}/interface`, { headers, dispatcher });
    await read.body.dump();
    const body = JSON.stringify({ name: `bench-${restPort}` });
    const write = await request(`${base}/system/identity/set`, { method: 'POST', headers, body, dispatcher });
    await write.body.dump();
    if (read.statusCode !== 200 || write.statusCode !== 200) throw new Error(`router at ${base} does not answer`);
  }
  await dispatcher.close();
}
