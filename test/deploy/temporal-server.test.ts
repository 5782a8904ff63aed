import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { dynamicConfig, serverConfig, temporalServices } from '../../cli/stack/temporal-config.ts';
import { ensureTemporalBinaries } from '../../scripts/build-temporal.ts';
import { TEMPORAL_AUDIENCE } from '../../shared/platform/temporal/temporal-token.ts';
import { ROOT } from '../architecture/source-files.ts';
import { readCompose } from './compose-file.ts';

const DYNAMIC = path.join(ROOT, 'deploy/temporal/dynamic.yaml');
const SERVER = path.join(ROOT, 'deploy/temporal/server.yaml');
/** Where nobody has built the server yet, these tests do. */
const BUILD_TIMEOUT_MS = 15 * 60_000;
/** Settings that only make a fresh namespace usable at once; a server that many use would pay for them. */
const FOR_DEVELOPMENT = ['system.namespaceCacheRefreshInterval', 'system.forceSearchAttributesCacheRefreshOnRead'];

let server: string;

beforeAll(async () => {
  ({ server } = await ensureTemporalBinaries({ onProgress: (line) => console.log(line) }));
}, BUILD_TIMEOUT_MS);

test('the real Temporal server knows every dynamic setting and its type', async () => {
  const { stdout } = await promisify(execFile)(server, ['validate-dynamic-config', DYNAMIC]);
  expect(stdout.trim()).toBe(DYNAMIC);
});

test('the embedded stack and the compose file give the server the same dynamic settings', async () => {
  const embedded = Object.entries(parse(dynamicConfig()) as Record<string, unknown>);
  const shipped = parse(await readFile(DYNAMIC, 'utf8')) as Record<string, unknown>;
  expect(Object.fromEntries(embedded.filter(([name]) => !FOR_DEVELOPMENT.includes(name)))).toEqual(shipped);
});

test('the real Temporal server reads the configuration as it is meant', async () => {
  const config = await rendered();
  expect(config.global.authorization).toMatchObject({
    authorizer: 'default',
    claimMapper: 'default',
    permissionsClaimName: 'permissions',
    audience: TEMPORAL_AUDIENCE,
    jwtKeyProvider: { keySourceURIs: ['file:///etc/convoy/platform-jwks.json'] },
  });
  expect(config.persistence.datastores['main']?.sql).toMatchObject({
    pluginName: 'postgres12_pgx',
    databaseName: 'temporal',
    connectAddr: 'postgres:5432',
    user: 'temporal',
  });
  expect(config.persistence.datastores['visibility']?.sql).toMatchObject({ databaseName: 'temporal_visibility' });
  expect(config.dynamicConfigClient.filepath).toBe('/etc/convoy/dynamic.yaml');
});

test('of the services only the frontend, which asks for a token, can be reached from outside of the container', async () => {
  const { services } = await rendered();
  const open = Object.entries(services).filter(([, { rpc }]) => !rpc.bindOnLocalHost);
  expect(open.map(([name]) => name)).toEqual(['frontend']);
  expect(Object.keys(services).sort()).toEqual([...temporalServices].sort());
  const { services: containers } = await readCompose('temporal-compose.yml');
  expect(containers['temporal']?.environment['TEMPORAL_SERVICES']?.split(',').sort()).toEqual(
    [...temporalServices].sort(),
  );
  expect(services['frontend']?.rpc).toMatchObject({ grpcPort: 7233, httpPort: 7243 });
  expect(containers['temporal']?.ports).toEqual(['127.0.0.1:7233:7233', '127.0.0.1:7243:7243']);
});

test('the embedded stack and the compose file configure the same authorization', async () => {
  const embedded = parse(
    serverConfig({
      ports: {
        grpc: 1,
        http: 2,
        internalGrpc: 3,
        internalHttp: 4,
        history: 5,
        matching: 6,
        worker: 7,
        membership: [1, 2, 3, 4, 5],
      },
      databaseFile: '/nowhere',
      jwksFile: '/etc/convoy/platform-jwks.json',
      dynamicConfigFile: '/nowhere',
    }),
  ) as { global: { authorization: object } };
  const shipped = parse(await readFile(SERVER, 'utf8')) as { global: { authorization: object } };
  expect(shipped.global.authorization).toEqual(embedded.global.authorization);
});

interface ServerConfig {
  global: { authorization: Record<string, unknown> };
  persistence: { datastores: Record<string, { sql: Record<string, unknown> }> };
  services: Record<string, { rpc: { bindOnLocalHost: boolean; grpcPort: number; httpPort: number } }>;
  dynamicConfigClient: { filepath: string };
}

/** The configuration file as the server itself understands it, its own defaults filled in. */
async function rendered(): Promise<ServerConfig> {
  const folder = await mkdtemp(path.join(tmpdir(), 'convoy-temporal-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  // The command reads folders only, and of a folder this file first.
  await copyFile(SERVER, path.join(folder, 'base.yaml'));
  const { stdout } = await promisify(execFile)(server, ['--config', folder, '--env', 'none', 'render-config'], {
    env: { CONVOY_SQL_ADDRESS: 'postgres:5432', SQL_PASSWORD: 'a-password' },
  });
  return parse(stdout) as ServerConfig;
}
