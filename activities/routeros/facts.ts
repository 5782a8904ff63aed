import { AppError } from '../../shared/errors/app-error.ts';
import { toSeconds } from '../../shared/routeros/durations.ts';
import type { RouterFacts } from '../../shared/routeros/facts.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { toBoolean } from '../../shared/routeros/values.ts';
import { parseVersion, type RouterVersion } from '../../shared/routeros/version.ts';
import { factsByVersion, openQuestions, type VersionFacts } from './facts-by-version.ts';
import { getIfThere, listIfThere } from './optional-menu.ts';

const RESOURCE = '/system/resource';
const PACKAGE = '/system/package';
const ROUTERBOARD = '/system/routerboard';
const DEVICE_MODE = '/system/device-mode';
const HEALTH = '/system/health';
const CONSOLE = '/console';

/** The menus that detection reads. */
export const FACTS_MENUS: readonly string[] = [RESOURCE, PACKAGE, ROUTERBOARD, DEVICE_MODE, HEALTH, CONSOLE];

/** How long facts are trusted without asking whether the router restarted meanwhile, milliseconds: no board boots faster. */
const TRUSTED_MS = 10_000;
/** A router's own uptime and our clock run apart by this much at most, seconds. */
const UPTIME_SLACK_SECONDS = 5;

interface Boot {
  version: string;
  uptimeSeconds: number;
  /** When that was read, on the clock of `performance.now()`. */
  readAtMs: number;
}

/** Keeps a router's facts until it restarts or shows another version. Packages only change with a restart. */
export function createFacts(router: Router, now: () => number = () => performance.now()): () => Promise<RouterFacts> {
  let known: { facts: RouterFacts; boot: Boot } | null = null;
  let running: Promise<RouterFacts> | null = null;

  const refresh = async (): Promise<RouterFacts> => {
    const resource = await router.get(RESOURCE);
    const boot = bootOf(resource, now());
    if (known !== null && isSameBoot(known.boot, boot)) {
      known = { ...known, boot };
      return known.facts;
    }
    const facts = await detectFacts(router, resource);
    known = { facts, boot };
    return facts;
  };

  return () => {
    if (known !== null && now() - known.boot.readAtMs < TRUSTED_MS) return Promise.resolve(known.facts);
    running ??= refresh().finally(() => {
      running = null;
    });
    return running;
  };
}

/** Asks the router what it is; menus that it lacks are facts too. */
export async function detectFacts(router: Router, resource: RouterRecord): Promise<RouterFacts> {
  const version = versionOf(resource);
  const rows = await router.list(PACKAGE, { fields: ['name', 'version', 'disabled', 'available'] });
  const packages = rows.filter(isInUse).map((row) => row['name'] ?? '');
  const mode = await getIfThere(router, DEVICE_MODE);
  const isVirtual =
    VIRTUAL.test(resource['board-name'] ?? '') || resource['architecture-name']?.startsWith('x86') === true;
  const board = isVirtual ? null : await getIfThere(router, ROUTERBOARD);
  return {
    version,
    board: resource['board-name'] ?? null,
    architecture: resource['architecture-name'] ?? null,
    isRouterBoard: board !== null && board['routerboard'] !== 'false',
    packages,
    health: await healthForm(router, isVirtual),
    deviceMode: mode?.['mode'] ?? null,
    allowsScheduler: mode?.['scheduler'] === undefined || toBoolean(mode['scheduler']),
    ...factsByVersion(version, packages),
    ...(await answersOf(router, version)),
  };
}

/** `CHR`, `CHR VMware, Inc. …`, `x86`: not made by MikroTik, so without its board menus. */
const VIRTUAL = /^(CHR|x86)\b/i;

/** On virtual routers the menu is a record in every version, and reading it as rows would be taken for a wrong answer. */
async function healthForm(router: Router, isVirtual: boolean): Promise<RouterFacts['health']> {
  if (isVirtual) return (await getIfThere(router, HEALTH)) === null ? null : 'record';
  try {
    return (await listIfThere(router, HEALTH)) === null ? null : 'list';
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_REPLY_INVALID') return 'record';
    throw error;
  }
}

/** Asks the console where the version does not tell; without an answer the version's guess stands. */
async function answersOf(router: Router, version: RouterVersion): Promise<Partial<VersionFacts>> {
  const answers: Partial<VersionFacts> = {};
  for (const { path, settle } of openQuestions(version)) {
    const words = await childrenOf(router, path);
    if (words !== null) Object.assign(answers, settle(words));
  }
  return answers;
}

async function childrenOf(router: Router, path: string): Promise<string[] | null> {
  try {
    const { rows } = await router.run(CONSOLE, 'inspect', { request: 'child', path });
    return rows.filter((row) => row['type'] === 'child').map((row) => row['name'] ?? '');
  } catch (error) {
    if (error instanceof AppError && NO_ANSWER.has(error.code)) return null;
    throw error;
  }
}

const NO_ANSWER: ReadonlySet<string> = new Set([
  'DEVICE_UNSUPPORTED',
  'DEVICE_PERMISSION_DENIED',
  'DEVICE_VALUE_REFUSED',
]);

/** Since 7.18 packages that could be installed are listed too. */
function isInUse(row: RouterRecord): boolean {
  return !toBoolean(row['available']) && !toBoolean(row['disabled']);
}

function versionOf(resource: RouterRecord): RouterVersion {
  const version = parseVersion(resource['version'] ?? '');
  if (version) return version;
  throw new AppError('DEVICE_REPLY_INVALID', { message: 'The device does not say its RouterOS version.' });
}

function bootOf(resource: RouterRecord, readAtMs: number): Boot {
  return { version: resource['version'] ?? '', uptimeSeconds: toSeconds(resource['uptime']) ?? 0, readAtMs };
}

/** The same version, and up for as long as before and the time that passed since. */
function isSameBoot(before: Boot, after: Boot): boolean {
  const passedSeconds = (after.readAtMs - before.readAtMs) / 1000;
  return (
    before.version === after.version &&
    after.uptimeSeconds >= before.uptimeSeconds + passedSeconds - UPTIME_SLACK_SECONDS
  );
}
