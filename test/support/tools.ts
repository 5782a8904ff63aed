import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const FILES = {
  otelcol: 'otelcol-v0.161.0/otelcol',
  promtool: 'promtool-v1/promtool',
  'dashboard-check': 'dashboard-check-v1/dashboard-check',
} as const;

/** A program that only tests need; fails with how to get it. */
export function testTool(name: keyof typeof FILES): string {
  const cache =
    process.env['CONVOY_CACHE'] || path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'convoy');
  const file = path.join(cache, 'bin', FILES[name]);
  if (existsSync(file)) return file;
  throw new Error(`${file} is missing: node scripts/install-test-tools.mjs gets it`);
}
