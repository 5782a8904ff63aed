import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import type { Processes } from '../../../cli/stack/processes.ts';
import { acceptsConnections, waitUntilReady } from '../../../cli/stack/readiness.ts';
import { dynamicConfig, temporalServices } from '../../../cli/stack/temporal-config.ts';
import { ensureNamespace } from '../../../cli/stack/temporal-namespace.ts';
import { SEARCH_ATTRIBUTES } from '../../../shared/contract/search-attributes.ts';
import {
  loadSigningKey,
  mintTemporalToken,
  SERVICE_SUBJECTS,
} from '../../../shared/platform/temporal/temporal-token.ts';
import { ROOT } from '../../architecture/source-files.ts';

interface ComposeTemporal {
  schedules(): Promise<string[]>;
  stop(): Promise<void>;
}

interface ServerFile {
  global: { authorization: { jwtKeyProvider: { keySourceURIs: string[] } }; metrics?: object };
  services: Record<string, { rpc: Record<string, number | string | boolean> }>;
  clusterMetadata: { clusterInformation: { active: { rpcAddress: string } } };
  dynamicConfigClient: { filepath: string };
}

/** The Temporal server with deploy/temporal/server.yaml, of which only ports and paths are others, and its namespace. */
export async function startComposeTemporal(options: {
  processes: Processes;
  binary: string;
  folder: string;
  signingKey: { privateKeyFile: string; jwksFile: string };
  /** Twelve or more: the frontend's gRPC and HTTP first. */
  ports: readonly number[];
  sqlAddress: string;
  password: string;
}): Promise<ComposeTemporal> {
  const { processes, binary, folder, signingKey, ports, sqlAddress, password } = options;
  const configFile = path.join(folder, 'compose-server.yaml');
  const dynamicFile = path.join(folder, 'compose-dynamic.yaml');
  await writeFile(dynamicFile, dynamicConfig());
  await writeFile(configFile, await serverFile({ ports, jwksFile: signingKey.jwksFile, dynamicFile }));
  const server = await processes.start({
    name: 'temporal',
    command: binary,
    args: ['--config-file', configFile, 'start', ...temporalServices.flatMap((service) => ['--service', service])],
    cwd: folder,
    env: { CONVOY_SQL_ADDRESS: sqlAddress, SQL_PASSWORD: password },
  });
  const [port = 0] = ports;
  const address = `127.0.0.1:${port}`;
  await waitUntilReady(server, () => acceptsConnections(port));
  await ensureNamespace({
    address,
    signingKeyFile: signingKey.privateKeyFile,
    namespace: 'convoy',
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  return {
    async schedules() {
      const token = await mintTemporalToken({
        signingKey: await loadSigningKey(signingKey.privateKeyFile),
        subject: SERVICE_SUBJECTS.admin,
        permissions: ['convoy:admin'],
        lifetimeSeconds: 60,
      });
      const connection = await Connection.connect({ address, metadata: { authorization: `Bearer ${token}` } });
      const { schedules } = await connection.workflowService.listSchedules({ namespace: 'convoy' });
      await connection.close();
      return schedules.map(({ scheduleId }) => scheduleId ?? '').toSorted();
    },
    stop: () => server.stop(),
  };
}

async function serverFile({
  ports,
  jwksFile,
  dynamicFile,
}: {
  ports: readonly number[];
  jwksFile: string;
  dynamicFile: string;
}): Promise<string> {
  const text = await readFile(path.join(ROOT, 'deploy/temporal/server.yaml'), 'utf8');
  const file = parse(text) as ServerFile;
  const left = [...ports];
  const next = (): number => left.shift() ?? 0;
  const { frontend } = file.services;
  // First, so that it gets the two that others know.
  Object.assign(frontend?.rpc ?? {}, { grpcPort: next(), httpPort: next(), bindOnIP: '127.0.0.1' });
  for (const { rpc } of Object.values(file.services)) {
    if (rpc !== frontend?.rpc) Object.assign(rpc, { grpcPort: next() });
    if ('httpPort' in rpc && rpc !== frontend?.rpc) rpc['httpPort'] = next();
    rpc['membershipPort'] = next();
  }
  delete file.global.metrics;
  file.global.authorization.jwtKeyProvider.keySourceURIs = [pathToFileURL(jwksFile).href];
  file.clusterMetadata.clusterInformation.active.rpcAddress = `127.0.0.1:${ports[0]}`;
  file.dynamicConfigClient.filepath = dynamicFile;
  return `# enable-template\n${stringify(file)}`;
}
