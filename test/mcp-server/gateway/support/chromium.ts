import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts the machine's Chromium. Fails saying how to install one: a page nobody looked at is not tested. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = CANDIDATES.find((file) => existsSync(file));
  if (executablePath === undefined) {
    throw new Error(`this test needs a browser at ${CANDIDATES.join(' or ')}; on Debian: apt-get install -y chromium`);
  }
  // Chromium's sandbox refuses to run as root, and shared memory is small in containers.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
