import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

test('a command whose reader has gone ends as one that SIGPIPE ended, without a stack trace', async () => {
  const child = spawn(process.execPath, ['cli/main.ts', 'policy', 'check', 'deploy/policy.example.yaml'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(complaint).toBe('');
  expect(code).toBe(141);
}, 60_000);
