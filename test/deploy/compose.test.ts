import { access, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { makeSecrets, SECRET_FILES } from '../../deploy/make-secrets.ts';
import { loadAccessMapping } from '../../mcp-server/auth/access-file.ts';
import { loadConfig } from '../../shared/platform/config/load-config.ts';
import { gatewayConfig, webConfig, workerConfig } from '../../shared/platform/config/processes.ts';
import type { ProcessConfig } from '../../shared/platform/config/process-config.ts';
import { VARIABLES } from '../../shared/platform/config/variables.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { loadSigningKey, mintTemporalToken, TEMPORAL_AUDIENCE } from '../../shared/platform/temporal/temporal-token.ts';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { parsePolicy } from '../../shared/platform/policy/parse-policy.ts';
import { ROOT } from '../architecture/source-files.ts';
import { readCompose, type ComposeFile, type Service } from './compose-file.ts';

const ELSEWHERE_SET = {
  CONVOY_TEMPORAL_ADDRESS: '127.0.0.1:7233',
  CONVOY_SIGNING_KEY_FILE: '/key.pem',
  CONVOY_MASTER_KEY_FILE: '/master-key',
  CONVOY_ACCESS_FILE: '/access.yaml',
  CONVOY_COOKIE_SECRET_FILE: '/cookie-secret',
  CONVOY_TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
};

const FILES = ['temporal-compose.yml', 'deploy/compose.yml'] as const;
/** Made for each deployment and never in the repository. */
const MADE_LATER = /^deploy\/(secrets\/.+|convoy\.env|rules)$/;

test.each(FILES)('%s pins every image to a version', async (file) => {
  const { services } = await readCompose(file);
  for (const [name, { image }] of Object.entries(services)) {
    expect(image, name).toMatch(/^(convoy:local|[a-z/-]+:\d+\.\d+(\.\d+)?)$/);
  }
});

test('the Temporal images are the versions that the embedded stack builds', async () => {
  const { services } = await readCompose('temporal-compose.yml');
  const build = await readFile(path.join(ROOT, 'scripts/build-temporal.ts'), 'utf8');
  const server = /cmd\/server@v(\d+\.\d+\.\d+)',\n.*CONVOY_TEMPORAL_SERVER'/.exec(build)?.[1];
  const ui = /cmd\/server@v(\d+\.\d+\.\d+)',\n.*CONVOY_TEMPORAL_UI_SERVER'/.exec(build)?.[1];
  expect(services['temporal']?.image).toBe(`temporalio/server:${server}`);
  expect(services['temporal-schema']?.image).toBe(`temporalio/admin-tools:${server}`);
  expect(services['temporal-namespace']?.image).toBe(`temporalio/admin-tools:${server}`);
  expect(services['temporal-ui']?.image).toBe(`temporalio/ui:${ui}`);
});

test.each(FILES)('%s publishes ports on loopback only', async (file) => {
  const { services } = await readCompose(file);
  const ports = Object.values(services).flatMap((service) => service.ports);
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('no two services publish the same port', async () => {
  const all = await Promise.all(FILES.map(readCompose));
  const published = all.flatMap(({ services }) =>
    Object.values(services).flatMap(({ ports }) => ports.map((port) => port.split(':')[1])),
  );
  expect(published).toEqual([...new Set(published)]);
});

test.each(FILES)('%s mounts only files that exist or that are made for the deployment', async (file) => {
  const compose = await readCompose(file);
  const sources = Object.values(compose.services).flatMap((service) => [
    ...service.env_file,
    ...service.volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => !(source in compose.volumes)),
    ...service.secrets.map((name) => compose.secrets[name]?.file ?? `a secret "${name}" that is not declared`),
  ]);
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) await expectKnown(path.posix.join(path.posix.dirname(file), source));
});

test('every secret file that is mounted is made by make-secrets', async () => {
  const all = await Promise.all(FILES.map(async (file) => [file, await readCompose(file)] as const));
  const used = all.flatMap(([file, compose]) =>
    filesOf(compose).map((one) => path.posix.join(path.posix.dirname(file), one)),
  );
  const secrets = used.filter((one) => one.startsWith('deploy/secrets/')).map((one) => path.posix.basename(one));
  expect([...new Set(secrets)].sort()).toEqual(Object.values(SECRET_FILES).sort());
});

test.each(FILES)('%s waits only for services that exist, and for jobs until they are done', async (file) => {
  const { services } = await readCompose(file);
  const below = file === 'deploy/compose.yml' ? (await readCompose('temporal-compose.yml')).services : {};
  const known: Record<string, Service> = { ...below, ...services };
  for (const [name, { depends_on }] of Object.entries(services)) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const isJob = known[other]?.restart === 'on-failure';
      expect(known, `${name} waits for ${other}`).toHaveProperty(other);
      expect(condition, `${name} waits for ${other}`).toBe(
        isJob ? 'service_completed_successfully' : 'service_healthy',
      );
    }
  }
});

test.each([
  ['web-1', webConfig],
  ['web-2', webConfig],
  ['worker', workerConfig],
  ['gateway', gatewayConfig],
] as [string, ProcessConfig<unknown>][])('the environment of %s is a valid configuration', async (name, config) => {
  const { services } = await readCompose('deploy/compose.yml');
  const example = parseEnv(await readFile(path.join(ROOT, 'deploy/convoy.env.example'), 'utf8'));
  const folder = await temporaryFolder();
  await makeSecrets({ folder, database: 'postgres:5432' });
  const secret = parseEnv(await readFile(path.join(folder, SECRET_FILES.convoyEnv), 'utf8'));
  const service = services[name];
  const env = { ...example, ...secret, ...service?.environment };
  expect(service?.env_file).toEqual(['convoy.env', 'secrets/convoy.env']);
  expect(loadConfig(config, env)).toMatchObject({ temporalAddress: 'temporal:7233', metricsPort: 9464 });
  for (const file of Object.values(env).filter((value) => value?.startsWith('/run/secrets/'))) {
    expect(service?.secrets).toContain(path.posix.basename(file ?? ''));
  }
});

test("Convoy's own containers run without root, without capabilities and on a read-only file system", async () => {
  const { services } = await readCompose('deploy/compose.yml');
  for (const [name, service] of Object.entries(services)) {
    expect(service, name).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      user: '${CONVOY_UID:-1000}:${CONVOY_GID:-1000}',
    });
  }
});

test('whoever drains is given longer than that takes, and every container says whether it lives', async () => {
  const { services } = await readCompose('deploy/compose.yml');
  const image = await readFile(path.join(ROOT, 'deploy/Dockerfile'), 'utf8');
  expect(image).toMatch(/^HEALTHCHECK .*\n.*\/healthz/m);
  const drain = VARIABLES.CONVOY_DRAIN_SECONDS.schema.parse(undefined);
  for (const name of ['worker', 'web-1', 'web-2', 'gateway']) {
    const { stop_grace_period: grace, healthcheck } = services[name] ?? {};
    expect(Number(/^(\d+)s$/.exec(grace ?? '')?.[1]), name).toBeGreaterThan(drain);
    // That of the image.
    expect(healthcheck, name).toBeUndefined();
  }
});

test('two workers and two web processes run, so that one of each may go away', async () => {
  const { services } = await readCompose('deploy/compose.yml');
  expect(services['worker']?.deploy?.replicas).toBe(2);
  expect(Object.keys(services).filter((name) => name.startsWith('web-'))).toEqual(['web-1', 'web-2']);
});

test('the example of the access file is valid and gives nothing to strangers', async () => {
  const mapping = await loadAccessMapping(path.join(ROOT, 'deploy/access.example.yaml'));
  expect(mapping.accessOf({ groups: ['network-operators'] }).roles).toEqual(['operator']);
  expect(mapping.accessOf({ groups: ['somebody-else'] })).toEqual({ roles: [], grants: [] });
});

test('the example of the policy is valid and keeps production to plans', async () => {
  const { policy, problems } = parsePolicy(await readFile(path.join(ROOT, 'deploy/policy.example.yaml'), 'utf8'));
  expect(problems).toEqual([]);
  expect(policy?.environments.prod).toMatchObject({ singleDeviceWrites: false, minApprovals: 2 });
});

test('whoever has rules sees a file that is replaced, because their folder is mounted', async () => {
  const { services } = await readCompose('deploy/compose.yml');
  for (const [name, { environment, volumes }] of Object.entries(services)) {
    const rules = Object.entries(environment).filter(([variable]) => /^CONVOY_(ACCESS|POLICY)_FILE$/.test(variable));
    const folders = volumes.map((volume) => volume.split(':')[1]);
    for (const [, file] of rules) expect(folders, name).toContain(path.posix.dirname(file));
  }
  const rulesOf = (name: string): boolean[] =>
    ['CONVOY_ACCESS_FILE', 'CONVOY_POLICY_FILE'].map((variable) => variable in (services[name]?.environment ?? {}));
  expect(['web-1', 'web-2', 'worker', 'gateway'].map(rulesOf)).toEqual([
    [true, true],
    [true, true],
    [false, true],
    [true, false],
  ]);
});

test.each([
  ['web', webConfig],
  ['gateway', gatewayConfig],
] as [string, ProcessConfig<unknown>][])(
  'the settings that the example only names are valid for the %s',
  async (_, config) => {
    const text = await readFile(path.join(ROOT, 'deploy/convoy.env.example'), 'utf8');
    const named = parseEnv(text.replaceAll(/^#(CONVOY_)/gm, '$1'));
    expect(Object.keys(named)).toContain('CONVOY_TRUSTED_PROXIES');
    const files = { CONVOY_POSTGRES_URL: 'postgres://convoy:password@127.0.0.1:5432/convoy', ...ELSEWHERE_SET };
    expect(() => loadConfig(config, { ...named, ...files })).not.toThrow();
  },
);

test('make-secrets makes keys that fit each other, once, readable by their owner only', async () => {
  const folder = await temporaryFolder();
  await makeSecrets({ folder, database: '127.0.0.1:5432' });
  const at = (name: string): string => path.join(folder, name);
  const before = await Promise.all(Object.values(SECRET_FILES).map((name) => readFile(at(name), 'utf8')));

  const token = await mintTemporalToken({
    signingKey: await loadSigningKey(at(SECRET_FILES.signingKey)),
    subject: 'somebody',
    permissions: [],
    lifetimeSeconds: 60,
  });
  const keySet = JSON.parse(await readFile(at(SECRET_FILES.keySet), 'utf8')) as JSONWebKeySet;
  const { payload } = await jwtVerify(token, createLocalJWKSet(keySet), { audience: TEMPORAL_AUDIENCE });
  expect(payload.sub).toBe('somebody');
  expect(JSON.stringify(keySet)).not.toContain('"d"');
  expect((await loadKeyring({ masterKeyFile: at(SECRET_FILES.masterKey) })).first.key).toHaveLength(32);
  const [postgres, temporal, convoy] = await Promise.all(
    [SECRET_FILES.postgresEnv, SECRET_FILES.temporalEnv, SECRET_FILES.convoyEnv].map(async (name) =>
      parseEnv(await readFile(at(name), 'utf8')),
    ),
  );
  expect(temporal?.['SQL_PASSWORD']).toBe(postgres?.['TEMPORAL_DB_PASSWORD']);
  expect(new URL(convoy?.['CONVOY_POSTGRES_URL'] ?? '').password).toBe(postgres?.['CONVOY_DB_PASSWORD']);

  await makeSecrets({ folder, database: '127.0.0.1:5432' });
  const after = await Promise.all(Object.values(SECRET_FILES).map((name) => readFile(at(name), 'utf8')));
  expect(after).toEqual(before);
  for (const name of Object.values(SECRET_FILES)) {
    expect((await stat(at(name))).mode & 0o777, name).toBe(name === SECRET_FILES.keySet ? 0o644 : 0o600);
  }
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'convoy-deploy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function expectKnown(file: string): Promise<void> {
  if (!MADE_LATER.test(file)) await expect(access(path.join(ROOT, file)), file).resolves.toBeUndefined();
}

/** Files that a compose file takes from the machine, relative to itself. */
function filesOf(compose: ComposeFile): string[] {
  const mounted = Object.values(compose.services).flatMap((service) => [
    ...service.env_file,
    ...service.volumes.map((volume) => volume.split(':')[0] ?? ''),
  ]);
  return [...mounted, ...Object.values(compose.secrets).map(({ file }) => file)];
}
