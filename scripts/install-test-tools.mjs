/**
 * Before the tests: installs what they need from the system, a browser for the approver's page and `systemd-analyze` for
 * the units, where that can be done (apt, as root); and makes the programs of `test-tools.mjs`. Plain Node 20, built-ins only.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensureTestPrograms } from './test-tools.mjs';

const TOOLS = [
  { package: 'chromium', files: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] },
  { package: 'systemd', files: ['/usr/bin/systemd-analyze', '/bin/systemd-analyze'] },
];

const missing = TOOLS.filter(({ files }) => !files.some((file) => existsSync(file))).map((tool) => tool.package);
if (missing.length > 0) install(missing);
ensureTestPrograms();

function install(packages) {
  const names = packages.join(' ');
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`convoy: some tests need ${names}, which only root can install: apt-get install -y ${names}`);
    return;
  }
  console.log(`convoy: installing ${names} with apt-get, which some tests need`);
  const startedAtMs = Date.now();
  // The package lists of a new machine may be missing or old.
  const isInstalled = apt('install', ...packages) || (apt('update') && apt('install', ...packages));
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  if (isInstalled) console.log(`convoy: ${names} installed in ${seconds} s`);
  else console.error(`convoy: apt-get could not install ${names}; the tests that need it will say so`);
}

function apt(command, ...packages) {
  const { status } = spawnSync('apt-get', [command, '-y', '-q', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}
