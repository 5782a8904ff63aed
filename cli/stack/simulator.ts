import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Processes } from './processes.ts';
import { httpOk, waitUntilReady } from './readiness.ts';

const ListedDevice = z.object({
  name: z.string(),
  host: z.string(),
  restPort: z.int(),
  sshPort: z.int().optional(),
  version: z.string(),
});
const DeviceList = z.object({ devices: z.array(ListedDevice) });

/** A simulated router as its control API lists it. */
export type SimulatedRouter = z.infer<typeof ListedDevice>;

/** The running simulator process and its routers. */
export interface Simulator {
  pid: number;
  controlUrl: string;
  routers: SimulatedRouter[];
  /** What the routers accept from Convoy. */
  credentials: { username: string; password: string };
}

const program = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

/** Starts simulated routers as a child process; their certificates and state are kept in `stateDir`. */
export async function startSimulator(options: {
  processes: Processes;
  routers: number;
  controlPort: number;
  /** 0 takes free ports. */
  firstRestPort: number;
  /** 0 takes free ports. */
  firstSshPort: number;
  stateDir: string;
  credentials: { username: string; password: string };
}): Promise<Simulator> {
  const flags: Record<string, string> = {
    '--routers': String(options.routers),
    '--control-port': String(options.controlPort),
    '--first-rest-port': String(options.firstRestPort),
    '--first-ssh-port': String(options.firstSshPort),
    '--state-dir': options.stateDir,
    '--user': options.credentials.username,
  };
  const child = await options.processes.start({
    name: 'simulator',
    command: process.execPath,
    args: [program, ...Object.entries(flags).flat()],
    isOurs: true,
    // The table it prints shows the routers' password.
    isStdoutSecret: true,
    graceMs: 3_000,
    env: { SIMULATOR_PASSWORD: options.credentials.password },
  });
  const controlUrl = `http://127.0.0.1:${options.controlPort}`;
  await waitUntilReady(child, httpOk(`${controlUrl}/devices`));
  const list = DeviceList.parse(await (await fetch(`${controlUrl}/devices`)).json());
  return { pid: child.pid, controlUrl, routers: list.devices, credentials: options.credentials };
}
