import type { Change, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { boolean, hostList, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';

const SERVERS = '/system/ntp/client/servers';

/** The NTP client. Its `servers` are the rows of the sub-menu: writing either changes both. */
export const systemNtpClient: MenuDefinition = {
  path: '/system/ntp/client',
  kind: 'singleton',
  noun: 'ntp client settings',
  fields: {
    enabled: { type: boolean, default: 'false' },
    'freq-drift': computed((_item, router) => (synchronized(router) ? '3.109' : '0')),
    mode: { type: word('unicast', 'broadcast', 'manycast', 'multicast'), default: 'unicast' },
    servers: {
      type: hostList,
      access: 'argument',
      compute: (_item, router) => serverNames(router, () => true).join(','),
    },
    status: computed((_item, router) => ntpStatus(router)),
    'synced-server': computed((_item, router) => (synchronized(router) ? usableServer(router) : undefined)),
    'synced-stratum': computed((_item, router) => (synchronized(router) ? '2' : undefined)),
    'system-offset': computed((_item, router) => (synchronized(router) ? '1.703' : '0')),
    vrf: { type: word('main'), default: 'main' },
  },
  seed: () => [{ enabled: 'true' }],
  applied: replaceServers,
  commands: {
    // The drift of a simulated clock is always the same.
    'reset-freq-drift': { policy: 'write', parameters: [], run: () => ({ kind: 'done' }) },
  },
};

/** `stopped`, `waiting` or `synchronized`. */
export function ntpStatus(router: RouterView): string {
  if (router.singleton('/system/ntp/client')['enabled'] !== 'true') return 'stopped';
  return usableServer(router) === undefined ? 'waiting' : 'synchronized';
}

const synchronized = (router: RouterView): boolean => ntpStatus(router) === 'synchronized';

function usableServer(router: RouterView): string | undefined {
  return serverNames(router, (disabled) => !disabled).find((server) => answers(server));
}

/** Names that can never resolve (RFC 6761) and addresses that can never be reached do not answer. */
function answers(server: string): boolean {
  return !/\.invalid\.?$/i.test(server) && !/^(0|24\d|25[0-5])(\.\d+){3}$/.test(server);
}

function serverNames(router: RouterView, wanted: (disabled: boolean) => boolean): string[] {
  return router
    .items(SERVERS)
    .filter((item) => wanted(item.values['disabled'] === 'true'))
    .map((item) => item.values['address'] ?? '');
}

function replaceServers({ given }: Change, router: RouterView): void {
  const servers = given.get('servers');
  if (servers === undefined) return;
  const wanted = servers.split(',').filter((server) => server !== '');
  router.discard(SERVERS, () => true);
  for (const address of wanted) router.insert(SERVERS, { address });
}
