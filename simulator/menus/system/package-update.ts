import type { CommandDefinition, Item, MenuDefinition, Reply, Row, RouterView } from '../../engine/definition.ts';
import { text, word } from '../../values/field-types.ts';
import { MONITOR_PARAMETERS } from '../monitor.ts';
import { computed } from '../row-fields.ts';
import { packagesAfterBoot } from './package.ts';
import { isNewest, NEWEST } from './releases.ts';

const UPDATE = '/system/package/update';

/** Looks for newer software, gets it, and has it installed at the next start. Nothing leaves the simulator. */
export const systemPackageUpdate: MenuDefinition = {
  path: UPDATE,
  kind: 'singleton',
  noun: 'update settings',
  fields: {
    channel: { type: word('stable', 'long-term', 'testing', 'development'), default: 'stable' },
    'installed-version': computed((_item, router) => router.version),
    'latest-version': { type: text, access: 'read-only' },
    status: { type: text, access: 'read-only' },
  },
  applied: ({ item }) => forget(item),
  booted: (router) => {
    for (const item of router.items(UPDATE)) forget(item);
  },
  commands: {
    'check-for-updates': steps(['fetch-changelog'], check),
    download: { ...steps(['ignore-missing'], download), writes: true },
    install: {
      ...steps(['ignore-missing'], (router) => {
        const statuses = download(router);
        if (isDownloaded(router)) router.reboot();
        return statuses;
      }),
      policy: 'reboot',
      writes: true,
    },
    cancel: {
      policy: 'write',
      parameters: ['as-value'],
      writes: true,
      run: (_args, router) => {
        if (isDownloaded(router)) {
          router.installAtBoot({ version: router.version, packages: packagesAfterBoot(router) });
        }
        note(router, 'update canceled');
        return { kind: 'done' };
      },
    },
  },
};

const DOWNLOADED = 'Downloaded, please reboot router to upgrade it';

/** A command that ends by itself and tells its steps, numbered; with `once` only the last one, without a number. */
function steps(parameters: readonly string[], run: (router: RouterView) => string[]): CommandDefinition {
  return {
    policy: 'write',
    parameters: [...parameters, ...MONITOR_PARAMETERS],
    versions: { 'fetch-changelog': { since: '7.22' } },
    run: (args, router): Reply => {
      const statuses = run(router);
      const last = shown(router);
      const rows = statuses.map((status, section): Row => ({ '.section': String(section), ...last, status }));
      const once = args.has('once') && args.get('once') !== 'false';
      return { kind: 'rows', rows: once ? [last] : rows };
    },
  };
}

function check(router: RouterView): string[] {
  const [item] = router.items(UPDATE);
  const channel = item?.values['channel'] ?? 'stable';
  if (!isOnline(router)) return ['finding out latest version...', note(router, 'ERROR: could not resolve dns name')];
  if (item) item.values['latest-version'] = NEWEST[channel] ?? router.version;
  const status = isNewest(router.version, channel) ? 'System is already up to date' : 'New version is available';
  return ['finding out latest version...', note(router, status)];
}

function download(router: RouterView): string[] {
  const checked = check(router);
  const latest = router.singleton(UPDATE)['latest-version'];
  if (checked.at(-1) !== 'New version is available' || latest === undefined) return checked;
  router.installAtBoot({ version: latest, packages: packagesOf(latest, router) });
  return [...checked, 'Downloaded 42% (5.6MiB)', note(router, DOWNLOADED)];
}

/** What the board comes with, as it is called in the new version, and what was added to it. */
function packagesOf(version: string, router: RouterView): Set<string> {
  const before = new Set(router.board.packages(router.version));
  const added = [...packagesAfterBoot(router)].filter((name) => !before.has(name));
  return new Set([...router.board.packages(version), ...added]);
}

/** Updates need a way out and somebody to ask for names. */
function isOnline(router: RouterView): boolean {
  const hasRoute = router
    .rows('/ip/route')
    .some((row) => row['dst-address'] === '0.0.0.0/0' && row['active'] === 'true');
  return hasRoute && (router.singleton('/ip/dns')['servers'] ?? '') !== '';
}

function isDownloaded(router: RouterView): boolean {
  return router.singleton(UPDATE)['status'] === DOWNLOADED;
}

function note(router: RouterView, status: string): string {
  const [item] = router.items(UPDATE);
  if (item) item.values['status'] = status;
  return status;
}

function forget(item: Item): void {
  delete item.values['latest-version'];
  delete item.values['status'];
}

function shown(router: RouterView): Row {
  return router.rows(UPDATE)[0] ?? {};
}
