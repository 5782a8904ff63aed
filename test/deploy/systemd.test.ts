import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { SECRET_FILES } from '../../deploy/make-secrets.ts';
import { loadConfig } from '../../shared/platform/config/load-config.ts';
import type { ProcessConfig } from '../../shared/platform/config/process-config.ts';
import { gatewayConfig, webConfig, workerConfig } from '../../shared/platform/config/processes.ts';
import { ROOT } from '../architecture/source-files.ts';

const FOLDER = path.join(ROOT, 'deploy/systemd');
const INSTALLED_AT = '/opt/convoy/';

test('systemd accepts every unit without a word', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'convoy-units-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const names = await unitNames();
  for (const name of names) {
    // systemd looks whether the program is there: the Node of this machine stands for the one of /usr/bin.
    const text = (await readFile(path.join(FOLDER, name), 'utf8')).replace('/usr/bin/node', process.execPath);
    await writeFile(path.join(folder, name), text);
  }
  const files = names.map((name) => path.join(folder, name));
  const { stdout, stderr } = await analyze(['verify', '--recursive-errors=no', ...files]);
  expect(`${stdout}${stderr}`).toBe('');
});

test('systemd rates the exposure of every unit as low', async () => {
  for (const name of await unitNames()) {
    const { stdout } = await analyze(['security', '--offline=yes', path.join(FOLDER, name)]);
    const exposure = Number(/exposure level for \S+: (\d+\.\d+)/.exec(stdout)?.[1]);
    expect(exposure, name).toBeLessThan(2);
  }
});

test.each([
  ['convoy-web.service', webConfig],
  ['convoy-worker.service', workerConfig],
  ['convoy-gateway.service', gatewayConfig],
] as [string, ProcessConfig<unknown>][])('the environment of %s is a valid configuration', async (name, config) => {
  const unit = await readUnit(name);
  const example = parseEnv(await readFile(path.join(ROOT, 'deploy/convoy.env.example'), 'utf8'));
  const env = {
    ...example,
    // What make-secrets writes there.
    CONVOY_POSTGRES_URL: 'postgres://convoy:password@127.0.0.1:5432/convoy',
    ...parseEnv(valuesOf(unit, 'Environment').join('\n')),
  };
  expect(valuesOf(unit, 'EnvironmentFile')).toEqual(['/etc/convoy/convoy.env', '/etc/convoy/secrets/convoy.env']);
  expect(() => loadConfig(config, env)).not.toThrow();
});

test.each(['convoy-web.service', 'convoy-worker.service', 'convoy-gateway.service', 'convoy-migrate.service'])(
  '%s gets every file that its environment names, and starts a program that exists',
  async (name) => {
    const unit = await readUnit(name);
    const credentials = valuesOf(unit, 'LoadCredential').map((value) => value.split(':') as [string, string]);
    const named = valuesOf(unit, 'Environment').flatMap((value) => /=%d\/(.+)$/.exec(value)?.[1] ?? []);
    expect(credentials.map(([credential]) => credential).sort()).toEqual(named.sort());
    for (const [, source] of credentials.filter(([, file]) => file.startsWith('/etc/convoy/secrets/'))) {
      expect(Object.values(SECRET_FILES)).toContain(path.basename(source));
    }
    const [node, program = ''] = (valuesOf(unit, 'ExecStart')[0] ?? '').split(' ');
    expect(node).toBe('/usr/bin/node');
    await expect(access(path.join(ROOT, program.replace(INSTALLED_AT, '')))).resolves.toBeUndefined();
  },
);

test.each([
  ['convoy-web.service', ['/etc/convoy/access.yaml', '/etc/convoy/policy.yaml']],
  ['convoy-worker.service', ['/etc/convoy/policy.yaml']],
  ['convoy-gateway.service', ['/etc/convoy/access.yaml']],
] as [string, string[]][])(
  '%s reads the rules where people edit them, and again when it is told to',
  async (name, files) => {
    const unit = await readUnit(name);
    const rules = valuesOf(unit, 'Environment').flatMap(
      (value) => /^CONVOY_(?:ACCESS|POLICY)_FILE=(.+)$/.exec(value)?.[1] ?? [],
    );
    expect(rules).toEqual(files);
    expect(valuesOf(unit, 'ExecReload')).toEqual(['/bin/kill -HUP $MAINPID']);
  },
);

test('the processes on one machine do not share a metrics port', async () => {
  const units = await Promise.all((await unitNames()).map(readUnit));
  const ports = units.flatMap((unit) =>
    valuesOf(unit, 'Environment').filter((value) => value.startsWith('CONVOY_METRICS_PORT=')),
  );
  expect(ports).toHaveLength(3);
  expect(new Set(ports).size).toBe(ports.length);
});

async function analyze(args: string[]): Promise<{ stdout: string; stderr: string }> {
  try {
    return await promisify(execFile)('systemd-analyze', args);
  } catch (cause) {
    const { code, stdout = '', stderr = '' } = cause as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT') {
      throw new Error('systemd-analyze is not on PATH; on Debian and Ubuntu: apt-get install systemd', { cause });
    }
    return { stdout, stderr: `${stderr}systemd-analyze ended with ${String(code)}` };
  }
}

async function unitNames(): Promise<string[]> {
  return (await readdir(FOLDER)).filter((name) => name.endsWith('.service')).sort();
}

async function readUnit(name: string): Promise<string> {
  return readFile(path.join(FOLDER, name), 'utf8');
}

function valuesOf(unit: string, key: string): string[] {
  return [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
}
