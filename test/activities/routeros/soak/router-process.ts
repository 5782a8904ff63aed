import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Journal } from '../simulated-device.ts';

const MAIN = fileURLToPath(new URL('../../../../simulator/main.ts', import.meta.url));

interface Announced {
  name: string;
  host: string;
  restPort: number;
  sshPort: number;
  user: string;
  password: string;
  fingerprint: string;
}

/** One write, as the router's journal has it. */
export interface WrittenRow {
  path: string;
  command: string;
  after: Record<string, string> | null;
  before: Record<string, string> | null;
}

/** A simulated router in a process of its own, so that what is measured here is the client's. */
export interface RouterProcess {
  device: Announced;
  /** Lets a minute pass on the router's own clock. */
  passMinute(): Promise<void>;
  faults(faults: readonly object[]): Promise<void>;
  /** How often the faults that were put are still to come. */
  faultsLeft(): Promise<number>;
  power(action: 'on' | 'off'): Promise<void>;
  /** Returns the new fingerprint. */
  renewCertificate(): Promise<string>;
  journal(): Promise<{ entries: WrittenRow[]; counters: Journal['counters'] }>;
  rows(menu: string): Promise<Record<string, string>[]>;
  stop(): Promise<void>;
}

export async function startRouterProcess(): Promise<RouterProcess> {
  const args = [MAIN, '--routers', '1', '--profile', 'rb5009', '--json'];
  // Over the channel it notices when the process that started it is gone.
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the simulator ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), ended])) as [string];
  const { controlUrl, devices } = JSON.parse(line) as { controlUrl: string; devices: Announced[] };
  const [device] = devices;
  if (!device) throw new Error('the simulator announced no router');

  const control = async (method: string, action: string, body?: unknown): Promise<Record<string, unknown>> => {
    const reply = await fetch(`${controlUrl}/devices/${device.name}/${action}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await reply.json()) as Record<string, unknown>;
    if (!reply.ok) throw new Error(`${method} ${action}: ${reply.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    device,
    passMinute: async () => void (await control('POST', 'clock', { advanceSeconds: 60 })),
    faults: async (faults) => void (await control('PUT', 'faults', faults)),
    async faultsLeft() {
      const { faults } = (await control('GET', 'faults')) as { faults: { count?: number }[] };
      return faults.reduce((left, { count = 0 }) => left + count, 0);
    },
    power: async (action) => void (await control('POST', 'power', { action })),
    renewCertificate: async () => String((await control('POST', 'certificate'))['fingerprint']),
    journal: async () => (await control('GET', 'journal')) as unknown as Awaited<ReturnType<RouterProcess['journal']>>,
    rows: async (menu) =>
      ((await control('GET', 'state'))['menus'] as Record<string, Record<string, string>[]>)[menu] ?? [],
    async stop() {
      child.kill('SIGTERM');
      await ended.catch(() => undefined);
    },
  };
}
