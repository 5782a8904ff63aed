// Runs before `npm start`, `npm test` and friends, on whatever Node >= 20 the machine has: installs the locked
// dependencies (among them the Node 24 that the program itself runs on) when they are not the installed ones.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules', '.convoy-lock-hash');
const wanted = createHash('sha256')
  .update(readFileSync(path.join(root, 'package-lock.json')))
  .digest('hex');

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`convoy: Node ${process.versions.node} is too old to install the dependencies; use Node 20 or newer.`);
  process.exit(1);
}
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  const startedAt = Date.now();
  console.log('convoy: installing the locked npm packages (npm ci); about a minute the first time');
  // Only errors are shown: npm warns about the engines of the system's Node, but the program runs on the Node 24 that is
  // installed here. What it says goes to standard error: standard output belongs to the command that was asked for.
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, 'inherit'],
  });
  if (result.status !== 0) {
    console.error('convoy: npm ci failed; the lines above say why. Nothing else was changed.');
    process.exit(result.status ?? 1);
  }
  writeFileSync(stamp, wanted);
  console.log(`convoy: packages installed in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
}
