/**
 * Finds or builds the two Go programs of the embedded stack: the Temporal server and the Temporal UI server; and the one by
 * which a server's tables are made in PostgreSQL. Run it by itself to build the two ahead of time: `node scripts/build-temporal.ts`.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { identifyProcess } from '../cli/stack/process-identity.ts';
import { StackError } from '../cli/stack/stack-error.ts';

/** Paths of the two programs. */
export interface TemporalBinaries {
  server: string;
  uiServer: string;
}

interface GoProgram {
  title: string;
  folder: string;
  module: string;
  /** Points at a ready program, which is then used as it is. Default: it is always built. */
  variable?: string;
  /** How long a first build takes on two cores; an orientation for the person waiting. */
  usualTime: string;
}

const programs = {
  server: {
    title: 'Temporal server 1.32.0',
    folder: 'temporal-server-v1.32.0',
    module: 'go.temporal.io/server/cmd/server@v1.32.0',
    variable: 'CONVOY_TEMPORAL_SERVER',
    usualTime: 'about 4 minutes on 2 cores',
  },
  uiServer: {
    title: 'Temporal UI 2.54.1',
    folder: 'temporal-ui-server-v2.54.1',
    module: 'github.com/temporalio/ui-server/v2/cmd/server@v2.54.1',
    variable: 'CONVOY_TEMPORAL_UI_SERVER',
    usualTime: 'about 15 seconds on 2 cores',
  },
  sqlTool: {
    title: 'Temporal SQL tool 1.32.0',
    folder: 'temporal-sql-tool-v1.32.0',
    module: 'go.temporal.io/server/cmd/tools/sql@v1.32.0',
    usualTime: 'about a minute on 2 cores',
  },
} as const satisfies Record<string, GoProgram>;

const PROGRESS_INTERVAL_MS = 5_000;

/**
 * Returns the programs' paths, building with `go install` what is not in the cache yet. The cache is
 * `~/.cache/convoy` (XDG_CACHE_HOME and CONVOY_CACHE move it) and so survives a fresh clone. `onProgress` gets a line
 * when a build starts, every few seconds while it runs, and when it is done.
 */
export async function ensureTemporalBinaries(options: BuildOptions = {}): Promise<TemporalBinaries> {
  const context = buildContext(options);
  return {
    server: await ensureProgram(programs.server, context),
    uiServer: await ensureProgram(programs.uiServer, context),
  };
}

/** Returns the path of `temporal-sql-tool`, which the embedded stack does without; built as the others are. */
export function ensureTemporalSqlTool(options: BuildOptions = {}): Promise<string> {
  return ensureProgram(programs.sqlTool, buildContext(options));
}

interface BuildOptions {
  cacheDir?: string;
  env?: NodeJS.ProcessEnv;
  onProgress?: (line: string) => void;
}

function buildContext({ cacheDir, env = process.env, onProgress = () => undefined }: BuildOptions): BuildContext {
  return { cacheDir: cacheDir ?? defaultCacheDir(env), env, onProgress };
}

interface BuildContext {
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  onProgress: (line: string) => void;
}

async function ensureProgram(program: GoProgram, context: BuildContext): Promise<string> {
  const given = program.variable === undefined ? undefined : context.env[program.variable];
  if (given) {
    if (await isExecutable(given)) return path.resolve(given);
    throw new StackError('BINARY_MISSING', `${program.variable} names ${given}, which is not an executable file`);
  }
  // Go names a program after the last folder of its package.
  const name = path.basename(program.module.replace(/@.*$/, ''));
  const binary = path.join(context.cacheDir, 'bin', program.folder, name);
  if (!(await isExecutable(binary))) await build(program, binary, context);
  return binary;
}

async function build(program: GoProgram, binary: string, context: BuildContext): Promise<void> {
  const { onProgress } = context;
  const startedAt = Date.now();
  const elapsed = (): string => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const target = path.dirname(binary);
  await mkdir(path.dirname(target), { recursive: true });
  await removeAbandonedBuilds(target);
  const temporary = `${target}.building-${process.pid}`;
  await mkdir(temporary, { recursive: true });
  onProgress(`${program.title}: building with go install, once (${program.usualTime})`);
  const seen = { downloaded: 0, compiled: 0, now: 'resolving modules' };
  const timer = setInterval(() => {
    const counts = `${seen.downloaded} modules downloaded, ${seen.compiled} packages compiled`;
    onProgress(`${program.title}: ${elapsed()}, ${counts}, now ${seen.now}`);
  }, PROGRESS_INTERVAL_MS);
  try {
    await goInstall(program, { ...context.env, GOBIN: temporary }, (line) => {
      const download = /^go: downloading (\S+) (\S+)/.exec(line);
      if (download) Object.assign(seen, { downloaded: seen.downloaded + 1, now: `downloading ${download[1]}` });
      else if (isPackagePath(line)) Object.assign(seen, { compiled: seen.compiled + 1, now: `compiling ${line}` });
    });
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } finally {
    clearInterval(timer);
    await rm(temporary, { recursive: true, force: true });
  }
  onProgress(`${program.title}: built in ${elapsed()}`);
}

/** A build that was interrupted leaves its folder behind; one whose process still runs is another start's. */
async function removeAbandonedBuilds(target: string): Promise<void> {
  const prefix = `${path.basename(target)}.building-`;
  for (const name of await readdir(path.dirname(target))) {
    if (!name.startsWith(prefix) || identifyProcess(Number(name.slice(prefix.length)))) continue;
    await rm(path.join(path.dirname(target), name), { recursive: true, force: true });
  }
}

function goInstall(program: GoProgram, env: NodeJS.ProcessEnv, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // -v prints the path of each package as it is compiled. The process stays in our group: Ctrl-C ends it too.
    const go = spawn('go', ['install', '-v', program.module], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const stop = (): void => void go.kill();
    process.once('exit', stop);
    const problems: string[] = [];
    createInterface({ input: go.stderr }).on('line', (line) => {
      onLine(line);
      if (!isPackagePath(line) && !line.startsWith('go: downloading ')) problems.push(line);
    });
    go.once('error', (cause: NodeJS.ErrnoException) => {
      process.off('exit', stop);
      reject(cause.code === 'ENOENT' ? goMissing(program, cause) : cause);
    });
    go.once('close', (code, signal) => {
      process.off('exit', stop);
      if (code === 0) resolve();
      else {
        const detail = problems.slice(-8).join('\n');
        reject(
          new StackError(
            'BUILD_FAILED',
            `go install ${program.module} ended with ${signal ?? `exit code ${code}`}: ${detail}`,
          ),
        );
      }
    });
  });
}

function goMissing({ title, variable }: GoProgram, cause: unknown): StackError {
  const otherwise =
    variable === undefined
      ? ''
      : `, or set ${variable} to a ready program, or set CONVOY_TEMPORAL_ADDRESS to a Temporal of your own`;
  return new StackError(
    'GO_MISSING',
    `${title} is not built yet and Go is not on PATH; install Go 1.26 or newer (https://go.dev/dl)${otherwise}`,
    { cause },
  );
}

function isPackagePath(line: string): boolean {
  return /^[\w.~-]+(\/[\w.~+-]+)*$/.test(line);
}

function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  return env['CONVOY_CACHE'] || path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'convoy');
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const binaries = await ensureTemporalBinaries({ onProgress: (line) => console.log(line) });
    console.log(`Temporal server: ${binaries.server}\nTemporal UI server: ${binaries.uiServer}`);
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    console.error(`convoy: ${error.message}`);
    process.exitCode = 1;
  }
}
