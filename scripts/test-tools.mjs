/** Programs that only tests need and that no package brings; plain Node 20, built-ins only. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const COLLECTOR = '0.161.0';
/** Everything it is made of: it takes OTLP, and writes what it gets to a file. */
const COLLECTOR_PARTS = `
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/otlpreceiver v${COLLECTOR}
exporters:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter v${COLLECTOR}
`;

/** `make` puts the program into a folder; the folder's name changes whenever what is made does. */
const PROGRAMS = [
  {
    title: `OpenTelemetry collector ${COLLECTOR}`,
    file: `otelcol-v${COLLECTOR}/otelcol`,
    usualTime: 'about 2 minutes on 2 cores',
    needs: 'Go 1.26 or newer on PATH',
    make: makeCollector,
  },
  {
    title: 'promtool',
    file: 'promtool-v1/promtool',
    usualTime: 'a few seconds',
    needs: 'promtool on PATH, or apt-get to get it from the package prometheus',
    make: findPromtool,
  },
  {
    title: "check of dashboards by Grafana's schema",
    file: 'dashboard-check-v1/dashboard-check',
    usualTime: 'about a minute on 2 cores',
    needs: 'Go 1.26 or newer on PATH',
    make: makeDashboardCheck,
  },
];

/** Makes what is missing in `~/.cache/convoy` (XDG_CACHE_HOME and CONVOY_CACHE move it), and says what could not be made. */
export function ensureTestPrograms() {
  for (const { title, file, usualTime, needs, make } of PROGRAMS) {
    const target = path.join(cacheFolder(), 'bin', file);
    if (existsSync(target)) continue;
    console.log(`convoy: ${title}: getting it for the tests, once (${usualTime})`);
    const startedAtMs = Date.now();
    const folder = mkdtempSync(path.join(tmpdir(), 'convoy-tool-'));
    try {
      const made = make(folder);
      mkdirSync(path.dirname(target), { recursive: true });
      // Beside its place first: a copy that was cut off must not be taken for the program.
      copyFileSync(made, `${target}.${process.pid}`);
      renameSync(`${target}.${process.pid}`, target);
      console.log(`convoy: ${title}: there after ${Math.round((Date.now() - startedAtMs) / 1000)} s`);
    } catch (error) {
      console.error(
        `convoy: ${title} could not be got (needs ${needs}); the tests that need it will say so: ${error.message}`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function makeCollector(folder) {
  run('go', ['install', `go.opentelemetry.io/collector/cmd/builder@v${COLLECTOR}`], { env: { GOBIN: folder } });
  const built = path.join(folder, 'built');
  const config = path.join(folder, 'builder.yaml');
  writeFileSync(config, `dist: { name: otelcol, output_path: ${built}, version: ${COLLECTOR} }${COLLECTOR_PARTS}`);
  run(path.join(folder, 'builder'), [`--config=${config}`]);
  return path.join(built, 'otelcol');
}

/** Only the program: the package would start a server. */
function findPromtool(folder) {
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((one) => path.join(one, 'promtool'))
    .find((file) => existsSync(file));
  if (onPath !== undefined) return onPath;
  if (!canRun('apt-get', ['download', 'prometheus'], folder)) {
    run('apt-get', ['update', '-q'], { cwd: folder });
    run('apt-get', ['download', 'prometheus'], { cwd: folder });
  }
  const [deb] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  run('dpkg', ['-x', deb, 'unpacked'], { cwd: folder });
  return path.join(folder, 'unpacked', 'usr', 'bin', 'promtool');
}

function makeDashboardCheck(folder) {
  const cwd = fileURLToPath(new URL('../test/support/dashboard-check/', import.meta.url));
  const program = path.join(folder, 'dashboard-check');
  run('go', ['build', '-o', program, '.'], { cwd });
  return program;
}

function run(program, args, { cwd, env = {} } = {}) {
  const { status, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr.slice(-500)}`);
}

function canRun(program, args, cwd) {
  return spawnSync(program, args, { cwd, stdio: 'ignore' }).status === 0;
}

function cacheFolder() {
  const { CONVOY_CACHE, XDG_CACHE_HOME } = process.env;
  return CONVOY_CACHE || path.join(XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'convoy');
}
