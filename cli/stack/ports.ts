import { createServer, type Server } from 'node:net';
import { z } from 'zod';
import { StackError } from './stack-error.ts';

/** The ports that people see: the variable that sets each, its default, and who listens there. */
export const portTable = {
  http: { variable: 'CONVOY_HTTP_PORT', default: 8080, owner: 'the MCP server, API and console' },
  approval: {
    variable: 'CONVOY_TEMPORAL_UI_PORT',
    default: 8081,
    owner: 'the Temporal UI behind the approval gateway',
  },
  idp: { variable: 'CONVOY_IDP_PORT', default: 9000, owner: 'the embedded identity provider' },
  postgres: { variable: 'CONVOY_POSTGRES_PORT', default: 5433, owner: 'the embedded PostgreSQL' },
  temporal: { variable: 'CONVOY_TEMPORAL_PORT', default: 7233, owner: 'Temporal' },
  temporalHttp: { variable: 'CONVOY_TEMPORAL_HTTP_PORT', default: 7243, owner: "Temporal's HTTP API" },
  simulator: { variable: 'CONVOY_SIMULATOR_PORT', default: 8700, owner: "the simulator's control API" },
  simulatorRest: { variable: 'CONVOY_SIMULATOR_REST_PORT', default: 20_001, owner: 'the first simulated router' },
  simulatorSsh: {
    variable: 'CONVOY_SIMULATOR_SSH_PORT',
    default: 30_001,
    owner: "the first simulated router's SSH service",
  },
  metrics: { variable: 'CONVOY_METRICS_PORT', default: 9464, owner: 'the metrics of the first web process' },
} as const satisfies Record<string, { variable: string; default: number; owner: string }>;

export type PortName = keyof typeof portTable;
export type Ports = Record<PortName, number>;

const Port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(65_535));

/** Reads the ports from the environment; a value that is no port number is refused with its variable's name. */
export function portsFrom(env: NodeJS.ProcessEnv): Ports {
  const entries = Object.entries(portTable).map(([name, { variable, default: standard }]) => {
    const given = env[variable];
    if (given === undefined || given === '') return [name, standard] as const;
    const parsed = Port.safeParse(given);
    if (parsed.success) return [name, parsed.data] as const;
    throw new StackError('PORT_INVALID', `${variable} is ${JSON.stringify(given)}; a port is a number from 1 to 65535`);
  });
  return Object.fromEntries(entries) as Ports;
}

/** Ports that were free a moment ago, one for every name; for tests, so that a running stack is not disturbed. */
export async function freePorts(): Promise<Ports> {
  const names = Object.keys(portTable) as PortName[];
  const numbers = await findFreePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, numbers[index]])) as Ports;
}

/**
 * Finds loopback ports that nobody listens on, all different. They lie below those that Linux gives to whoever asks for any
 * port (32768 and up), so that nobody gets one by chance before it is used, and each process looks in a part of its own.
 */
export async function findFreePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let looked = 0; found.length < count; looked++) {
    if (looked > PORTS_OF_A_PROCESS) throw new StackError('PORT_TAKEN', 'no free ports on 127.0.0.1 below 29000');
    const port = firstOwnPort + lookedAt;
    lookedAt = (lookedAt + 1) % PORTS_OF_A_PROCESS;
    if (await isPortFree(port)) found.push(port);
  }
  return found;
}

const PORTS_OF_A_PROCESS = 190;
const firstOwnPort = 10_000 + (process.pid % 100) * PORTS_OF_A_PROCESS;
/** Where the next look begins, so that ports found earlier and not used yet are not found again. */
let lookedAt = 0;

/** Refuses a port that is taken, in one sentence with the port, who wanted it and the variable that moves it. */
export async function requireFreePort(name: PortName, port: number): Promise<void> {
  if (await isPortFree(port)) return;
  const { variable, owner } = portTable[name];
  throw new StackError(
    'PORT_TAKEN',
    `port ${port} on 127.0.0.1, wanted for ${owner}, is taken by another program; stop that program or set ${variable} to a free port`,
  );
}

/** The preferred ports where they are free, others where they are not; for ports that nobody needs to know. */
export async function preferPorts(preferred: readonly number[]): Promise<number[]> {
  const isFree = await Promise.all(preferred.map(isPortFree));
  const others = await findFreePorts(isFree.filter((free) => !free).length);
  return preferred.map((port, index) => (isFree[index] ? port : (others.shift() ?? port)));
}

async function isPortFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
