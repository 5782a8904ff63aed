import type { CommandDefinition, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { failure, missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { isAtLeast } from '../../engine/version.ts';
import { boolean, text } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { buildTime } from './releases.ts';

const PACKAGES = '/system/package';

/** Packages: what is scheduled happens when the router starts again. Since 7.18 those not installed are listed too. */
export const systemPackage: MenuDefinition = {
  path: PACKAGES,
  kind: 'list',
  rows: 'read-only',
  backedUp: false,
  nameField: 'name',
  fields: {
    available: { ...computed((item) => String(!isInstalled(item))), since: '7.18' },
    'build-time': computed((item, router) => (isInstalled(item) ? buildTime(router.version) : '')),
    disabled: { type: boolean, access: 'read-only', default: 'false' },
    name: { type: text, access: 'read-only' },
    scheduled: { type: text, access: 'read-only', default: '' },
    size: computed((item) => SIZES[item.values['name'] ?? ''] ?? '1048576'),
    version: computed((item, router) => (isInstalled(item) ? router.version : '')),
  },
  seed: (router) => [
    ...[...router.packages].map((name) => ({ name })),
    ...notInstalled(router, router.packages).map((name) => ({ name, installed: 'false', disabled: 'true' })),
  ],
  booted: settle,
  commands: {
    'apply-changes': {
      policy: 'reboot',
      parameters: ['ignore-missing'],
      since: '7.18',
      writes: true,
      run: (_args, router) => {
        router.reboot();
        return { kind: 'done' };
      },
    },
    enable: schedule('enable'),
    disable: schedule('disable'),
    uninstall: schedule('uninstall'),
    unschedule: schedule(undefined),
  },
};

function schedule(what: 'enable' | 'disable' | 'uninstall' | undefined): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    writes: true,
    run: (args, router) => {
      const keys = args.get('.id') ?? args.get('numbers');
      if (keys === undefined) throw missingArgument('.id');
      const items = keys.split(',').map((key) => router.find(PACKAGES, key));
      for (const item of items) {
        if (!item) throw noSuchItem();
        const isSystem = item.values['name'] === 'routeros';
        if (isSystem && (what === 'disable' || what === 'uninstall')) throw failure(SYSTEM_PACKAGE);
      }
      for (const item of items) if (item) item.values['scheduled'] = what ? `scheduled for ${what}` : '';
      router.installAtBoot({ version: router.version, packages: packagesAfterBoot(router) });
      return { kind: 'done' };
    },
  };
}

/** Refusal to take the system itself away; the text is not measured on a device. */
const SYSTEM_PACKAGE = 'can not disable or uninstall system package';

/** Names of the packages that work after the next start. */
export function packagesAfterBoot(router: RouterView): Set<string> {
  const names = router.items(PACKAGES).filter((item) => {
    const scheduled = item.values['scheduled'] ?? '';
    if (scheduled !== '') return scheduled === 'scheduled for enable';
    return isInstalled(item) && item.values['disabled'] !== 'true';
  });
  return new Set(names.map((item) => item.values['name'] ?? ''));
}

/** The router has started: what was scheduled has happened. */
function settle(router: RouterView): void {
  const listsAvailable = isAtLeast(router.version, '7.18');
  for (const item of router.items(PACKAGES)) {
    const scheduled = item.values['scheduled'] ?? '';
    if (scheduled === 'scheduled for uninstall') item.values['installed'] = 'false';
    if (scheduled === 'scheduled for enable') delete item.values['installed'];
    if (scheduled !== '') item.values['disabled'] = String(scheduled !== 'scheduled for enable');
    item.values['scheduled'] = '';
  }
  const wanted = new Set([...router.packages, ...notInstalled(router, router.packages)]);
  router.discard(PACKAGES, (item) => {
    const name = item.values['name'] ?? '';
    return isInstalled(item) ? isReplaced(name, router) : !listsAvailable || !wanted.has(name);
  });
  const present = new Set(router.items(PACKAGES).map((item) => item.values['name']));
  for (const name of wanted) {
    if (present.has(name)) continue;
    const isNew = router.packages.has(name);
    router.insert(PACKAGES, { name, ...(isNew ? {} : { installed: 'false', disabled: 'true' }) });
  }
}

/** Drivers that were renamed in 7.13. */
function isReplaced(name: string, { version }: RouterView): boolean {
  return name === 'wifiwave2' && isAtLeast(version, '7.13');
}

/** Packages that the router could get: every version has a list of them, which is shown since 7.18. */
function notInstalled({ version, board }: RouterView, installed: ReadonlySet<string>): string[] {
  if (!isAtLeast(version, '7.18')) return [];
  const extra = [...EXTRA, ...(board.architecture.startsWith('arm') ? EXTRA_ARM : [])];
  return extra.filter((name) => !installed.has(name));
}

const isInstalled = (item: Item): boolean => item.values['installed'] !== 'false';

const EXTRA = ['calea', 'gps', 'iot', 'rose-storage', 'tr069-client', 'ups', 'user-manager'];
const EXTRA_ARM = ['container', 'wifi-qcom', 'wifi-qcom-ac', 'wireless', 'zerotier'];

/** Sizes in bytes. */
const SIZES: Readonly<Record<string, string | undefined>> = {
  routeros: '13668352',
  calea: '20480',
  container: '2289664',
  gps: '24576',
  iot: '1093632',
  'rose-storage': '3465216',
  'tr069-client': '258048',
  ups: '49152',
  'user-manager': '405504',
  'wifi-qcom': '10485760',
  'wifi-qcom-ac': '3145728',
  wifiwave2: '10485760',
  wireless: '1998848',
  zerotier: '1163264',
};
