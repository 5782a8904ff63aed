import type {
  CommandDefinition,
  Field,
  MenuDefinition,
  Reply,
  Row,
  RouterView,
  Values,
} from '../../engine/definition.ts';
import { badRequest, failure, invalidValue, RouterError } from '../../engine/router-error.ts';
import { isAtLeast } from '../../engine/version.ts';
import { parseDurationMs } from '../../values/duration.ts';
import { boolean, word } from '../../values/field-types.ts';
import { MONITOR_PARAMETERS } from '../monitor.ts';
import { computed } from '../row-fields.ts';

const DEVICE_MODE = '/system/device-mode';

/** What a mode can forbid, and since when. */
const FEATURES: Readonly<Record<string, { readonly since?: string }>> = {
  'bandwidth-test': {},
  container: {},
  email: {},
  fetch: {},
  hotspot: {},
  'install-any-version': { since: '7.17' },
  ipsec: {},
  l2tp: {},
  partitions: { since: '7.17' },
  pptp: {},
  proxy: {},
  romon: {},
  routerboard: { since: '7.17' },
  scheduler: {},
  smb: {},
  sniffer: {},
  socks: {},
  'traffic-gen': {},
  zerotier: {},
};

/** What each mode forbids. Sources: manual, Device-mode; printed defaults of 7.19. */
const FORBIDDEN: Readonly<Record<string, readonly string[] | undefined>> = {
  enterprise: ['container'],
  advanced: ['container', 'traffic-gen', 'install-any-version', 'partitions', 'routerboard'],
  rose: ['traffic-gen', 'install-any-version', 'partitions', 'routerboard'],
  basic: [
    'bandwidth-test',
    'container',
    'hotspot',
    'install-any-version',
    'partitions',
    'proxy',
    'routerboard',
    'socks',
    'traffic-gen',
    'zerotier',
  ],
  home: [
    'bandwidth-test',
    'container',
    'email',
    'fetch',
    'hotspot',
    'install-any-version',
    'partitions',
    'proxy',
    'romon',
    'routerboard',
    'scheduler',
    'sniffer',
    'socks',
    'traffic-gen',
    'zerotier',
  ],
};

/** What the router may be used for. Only somebody who can touch it can change that. */
export const systemDeviceMode: MenuDefinition = {
  path: DEVICE_MODE,
  kind: 'singleton',
  rows: 'read-only',
  backedUp: false,
  fields: {
    'allowed-versions': { ...computed(() => '7.13+,6.49.8+'), since: '7.17' },
    'attempt-count': { ...computed((item) => String(item.internal['attempts'] ?? 0)), since: '7.17' },
    flagged: { type: boolean, access: 'read-only', default: 'false', since: '7.17' },
    'flagging-enabled': { type: boolean, access: 'read-only', default: 'true', since: '7.17' },
    mode: { ...computed((item, router) => modeOf(item.values, router)) },
    ...Object.fromEntries(Object.keys(FEATURES).map((name): [string, Field] => [name, featureField(name)])),
  },
  booted: confirm,
  commands: { print: printCommand(), update: updateCommand() },
};

/** Does the mode of the router allow the use of a feature, such as `scheduler` or `fetch`? */
export function isAllowedByDeviceMode(router: RouterView, feature: string): boolean {
  return isAllowed(router.singleton(DEVICE_MODE), feature, router);
}

/** 400 when the mode of the router forbids a feature. */
export function demandDeviceMode(router: RouterView, feature: string): void {
  if (!isAllowedByDeviceMode(router, feature)) throw failure('not allowed by device-mode');
}

function isAllowed(values: Values, feature: string, router: RouterView): boolean {
  const own = values[feature];
  return own === undefined ? FORBIDDEN[modeOf(values, router)]?.includes(feature) !== true : own === 'true';
}

/** Older versions call the mode of routers with everything `enterprise`. */
function modeOf(values: Values, router: RouterView): string {
  return values['mode'] ?? (hasFineModes(router) ? 'advanced' : 'enterprise');
}

const hasFineModes = ({ version }: RouterView): boolean => isAtLeast(version, '7.17');

/** Before 7.17 only what differs from the mode is printed. */
function featureField(name: string): Field {
  const field = computed((item, router) =>
    hasFineModes(router) ? String(isAllowed(item.values, name, router)) : item.values[name],
  );
  return { ...field, ...FEATURES[name] };
}

/** Over REST the command `print` fails on devices while GET works; the console prints. */
function printCommand(): CommandDefinition {
  return {
    policy: 'read',
    parameters: ['.proplist', '.query', 'config', 'as-value', 'without-paging', 'detail'],
    run: (_args, router, caller): Reply => {
      if (caller.transport === 'rest') throw new RouterError(500);
      return { kind: 'rows', rows: router.rows(DEVICE_MODE) };
    },
  };
}

/** Waits for a hand at the router: power cut or button. Until then, or until time is up, REST stands still. */
function updateCommand(): CommandDefinition {
  return {
    policy: 'write',
    parameters: [
      'activation-timeout',
      'authorized-public-key-hash',
      'flagged',
      'flagging-enabled',
      'mode',
      ...Object.keys(FEATURES),
      ...MONITOR_PARAMETERS,
    ],
    versions: { ...FEATURES, 'authorized-public-key-hash': { since: '7.20', until: '7.22' } },
    run: async (args, router, caller, signal) => {
      if (!caller.policies.has('policy')) throw new RouterError(500, 'not enough permissions (9)');
      const wanted = wantedValues(args, router);
      const timeoutMs = activationTimeout(args);
      const [item] = router.items(DEVICE_MODE);
      if (item) {
        item.internal['attempts'] = (item.internal['attempts'] ?? 0) + 1;
        item.values['pending'] = JSON.stringify(wanted);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      router.clock.setTimer('device-mode', timeoutMs, () => {
        if (item) delete item.values['pending'];
        resolve();
      });
      router.holdRequests(promise);
      const aborted = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => aborted.reject(signal.reason as Error), { once: true });
      await Promise.race([promise, aborted.promise]);
      return { kind: 'rows', rows: [{ update: 'canceled' } satisfies Row] };
    },
  };
}

/** The power was cut: whoever did that agrees. A reboot by command is no hand at the router. */
function confirm(router: RouterView): void {
  const [item] = router.items(DEVICE_MODE);
  const pending = item?.values['pending'];
  if (!item || pending === undefined) return;
  if (!router.wentDownInOrder) item.values = { ...item.values, ...(JSON.parse(pending) as Values) };
  delete item.values['pending'];
  item.internal['attempts'] = 0;
}

function wantedValues(args: ReadonlyMap<string, string>, router: RouterView): Values {
  const wanted: Values = {};
  const modes = hasFineModes(router) ? ['advanced', 'basic', 'home', 'rose'] : ['enterprise', 'home'];
  for (const [name, value] of args) {
    if (name === 'mode') wanted['mode'] = word(...modes).parse(value, name, router);
    else if (name in FEATURES || name === 'flagged' || name === 'flagging-enabled') {
      wanted[name] = boolean.parse(value, name, router);
    }
  }
  return wanted;
}

function activationTimeout(args: ReadonlyMap<string, string>): number {
  const milliseconds = parseDurationMs(args.get('activation-timeout') ?? '5m');
  if (milliseconds === undefined) throw invalidValue('activation-timeout');
  if (milliseconds < 10_000 || milliseconds > 86_400_000) {
    throw badRequest('value of activation-timeout is out of range (00:00:10 .. 1d00:00:00)');
  }
  return milliseconds;
}
