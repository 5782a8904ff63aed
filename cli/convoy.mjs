#!/usr/bin/env node
// The `convoy` command. Runs on any Node >= 20: installs what is missing, then hands over to the program on the Node
// that the project brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
// Standard output belongs to the command, whose `--json` a script may read: what is installed is told on standard error.
const log = console.log;
console.log = console.error;
await import('../scripts/bootstrap.mjs');
console.log = log;

const ownNode = path.join(root, 'node_modules', '.bin', 'node');
const node = existsSync(ownNode) ? ownNode : process.execPath;
const child = spawn(node, [path.join(root, 'cli', 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });

// Ctrl-C at a terminal reaches the program directly; only signals sent to this process alone are passed on.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => undefined);

child.on('error', (error) => {
  console.error(`convoy: ${node} could not be started: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1));
});
