import type { MenuDefinition, RouterView } from '../../engine/definition.ts';
import { isAtLeast } from '../../engine/version.ts';
import { lookUpRoute } from '../../network/look-up-route.ts';
import { boolean, duration, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';

/** First version whose DDNS is `auto` by default; the exact one is not measured. */
const AUTO_SINCE = '7.17';

/** An address of the servers behind the service. */
const SERVER = '159.148.147.229';

/** The manufacturer's DDNS and time service. */
export const ipCloud: MenuDefinition = {
  path: '/ip/cloud',
  kind: 'singleton',
  noun: 'cloud settings',
  fields: {
    'ddns-enabled': {
      type: word('true', 'false', 'yes', 'no', 'auto'),
      default: (router) => (isAtLeast(router.version, AUTO_SINCE) ? 'auto' : 'false'),
    },
    'ddns-update-interval': { type: duration(60_000, Infinity, ['none']), default: 'none' },
    'dns-name': computed((_item, router) => (isOn(router) ? `${serialOf(router)}.sn.mynetname.net` : undefined)),
    'public-address': computed((_item, router) => (isOn(router) ? publicAddress(router) : undefined)),
    status: computed((_item, router) => {
      if (!isOn(router)) return undefined;
      return isReachable(router) ? 'updated' : 'Error: no Internet connection';
    }),
    'update-time': { type: boolean, default: 'true' },
  },
  prepare: ({ after }) => {
    const given = after['ddns-enabled'];
    if (given === 'yes' || given === 'no') after['ddns-enabled'] = String(given === 'yes');
  },
  commands: { 'force-update': { policy: 'write', parameters: [], run: () => ({ kind: 'done' }) } },
};

/** What DDNS registers. */
export const ipCloudAdvanced: MenuDefinition = {
  path: '/ip/cloud/advanced',
  kind: 'singleton',
  noun: 'cloud settings',
  fields: { 'use-local-address': { type: boolean, default: 'false' } },
};

const isOn = (router: RouterView): boolean => router.singleton('/ip/cloud')['ddns-enabled'] === 'true';

const isReachable = (router: RouterView): boolean => lookUpRoute(router, SERVER).kind === 'forward';

const serialOf = ({ index }: RouterView): string => `hc${(0x5f1a000 + index).toString(16)}`;

/** Routers of one site share the address behind which they are. */
const publicAddress = ({ index }: RouterView): string => `203.0.113.${(Math.floor(index / 8) % 250) + 1}`;
