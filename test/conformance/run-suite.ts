import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** One thing the official suite looked at. */
export interface Check {
  scenario: string;
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage?: string | undefined;
}

export interface SuiteRun {
  /** The suite's own verdict on what the revision requires. */
  exitCode: number;
  /** Of what is required, and of what is run beside it. */
  checks: Check[];
  /** Names of the scenarios the revision requires, as the suite itself has them. */
  scenarios: string[];
}

const Checks = z.array(
  z.looseObject({
    id: z.string(),
    status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'INFO']),
    errorMessage: z.string().optional(),
  }),
);

/** Ends a scenario that waits for what never comes. */
const SCENARIO_MS = 5_000;
const RUNNER = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
);

/** Runs the official suite against a server as one revision requires it. */
export async function runSuite(url: string, revision: '2025-11-25' | '2026-07-28'): Promise<SuiteRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'conformance-'));
  try {
    const options = ['--requirements', revision, '--timeout', String(SCENARIO_MS), '-o', folder];
    const exitCode = await exitCodeOf([RUNNER, 'server', '--url', url, ...options]);
    const names = (await readdir(folder)).filter((name) => name.startsWith('server-'));
    const checks = await Promise.all(names.map((name) => readChecks(folder, name)));
    return { exitCode, checks: checks.flat(), scenarios: names.map(scenarioOf).toSorted() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The checks that failed, one a line, for a reader. */
export function failuresOf(checks: readonly Check[]): string[] {
  return checks
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(({ scenario, id, status, errorMessage = '' }) => `${status} ${scenario} ${id}: ${errorMessage}`)
    .toSorted();
}

async function exitCodeOf(args: string[]): Promise<number> {
  try {
    await promisify(execFile)(process.execPath, args, { maxBuffer: 16 << 20, timeout: 100_000 });
    return 0;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'number') return code;
    throw error;
  }
}

async function readChecks(folder: string, name: string): Promise<Check[]> {
  const checks = Checks.parse(JSON.parse(await readFile(path.join(folder, name, 'checks.json'), 'utf8')));
  return checks.map(({ id, status, errorMessage }) => ({ scenario: scenarioOf(name), id, status, errorMessage }));
}

/** `server-<scenario>-<time>`. */
function scenarioOf(name: string): string {
  return name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '');
}
