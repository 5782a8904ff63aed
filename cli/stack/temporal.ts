import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Processes, RunningProcess } from './processes.ts';
import { findFreePorts, preferPorts } from './ports.ts';
import { acceptsConnections, waitUntilReady } from './readiness.ts';
import {
  dynamicConfig,
  serverConfig,
  temporalServices,
  type ShortHistories,
  type TemporalPorts,
} from './temporal-config.ts';
import { ensureNamespace, type SearchAttributeTypes } from './temporal-namespace.ts';

/** A running embedded Temporal server with its namespace ready for use. */
export interface Temporal {
  pid: number;
  address: string;
  /** The HTTP API, where synchronous Nexus operations enter. */
  httpUrl: string;
  namespace: string;
}

/**
 * Starts the Temporal server on 127.0.0.1 with authorization on (ES256 tokens of the platform's own key), principal
 * propagation, and a SQLite store that outlives the run; resolves when the namespace and its search attributes can be used.
 */
export async function startTemporal(options: {
  processes: Processes;
  binary: string;
  temporalDir: string;
  signingKey: { privateKeyFile: string; jwksFile: string };
  port: number;
  httpPort: number;
  namespace: string;
  searchAttributes: SearchAttributeTypes;
  /** Default false: the ports nobody sees are derived from the server's usual ones. */
  freeInternalPorts?: boolean;
  shortHistories?: ShortHistories;
}): Promise<Temporal> {
  const configFile = path.join(options.temporalDir, 'server.yaml');
  const dynamicConfigFile = path.join(options.temporalDir, 'dynamic.yaml');
  const ports = await choosePorts(options);
  const config = serverConfig({
    ports,
    databaseFile: path.join(options.temporalDir, 'temporal.db'),
    jwksFile: options.signingKey.jwksFile,
    dynamicConfigFile,
  });
  await writeFile(dynamicConfigFile, dynamicConfig(options.shortHistories), { mode: 0o600 });
  await writeFile(configFile, config, { mode: 0o600 });

  const child = await options.processes.start({
    name: 'temporal',
    command: options.binary,
    args: ['--config-file', configFile, 'start', ...temporalServices.flatMap((service) => ['--service', service])],
    cwd: options.temporalDir,
  });
  const address = `127.0.0.1:${options.port}`;
  await waitUntilReady(child, () => acceptsConnections(options.port));
  await whileRunning(
    child,
    ensureNamespace({
      address,
      signingKeyFile: options.signingKey.privateKeyFile,
      namespace: options.namespace,
      searchAttributes: options.searchAttributes,
    }),
  );
  return { pid: child.pid, address, httpUrl: `http://127.0.0.1:${options.httpPort}`, namespace: options.namespace };
}

/** Ends with the child's own failure when it dies while something else waits for it. */
async function whileRunning(child: RunningProcess, work: Promise<void>): Promise<void> {
  const death = child.exited.then(() => waitUntilReady(child, async () => false));
  await Promise.race([work, death]);
}

async function choosePorts(options: {
  port: number;
  httpPort: number;
  freeInternalPorts?: boolean;
}): Promise<TemporalPorts> {
  const preferred = [7236, 7246, 7234, 7235, 7239, 6933, 6936, 6934, 6935, 6939];
  const chosen = await (options.freeInternalPorts ? findFreePorts(preferred.length) : preferPorts(preferred));
  const [internalGrpc, internalHttp, history, matching, worker, ...membership] = chosen as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    grpc: options.port,
    http: options.httpPort,
    internalGrpc,
    internalHttp,
    history,
    matching,
    worker,
    membership,
  };
}
