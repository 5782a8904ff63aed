import type { Item, MenuDefinition, RouterView, Values } from '../../../engine/definition.ts';
import { missingArgument } from '../../../engine/router-error.ts';
import { text } from '../../../values/field-types.ts';
import { namedItems } from '../named-items.ts';
import { rangesOf } from '../radio-regulation.ts';
import { accessPointsOf, capOf, provision } from './access-points.ts';

const FIELDS = [
  '2g-channels',
  '5g-channels',
  'bands',
  'cap',
  'ciphers',
  'countries',
  'hw-caps',
  'hw-type',
  'interface',
  'local',
  'max-interfaces',
  'max-peers',
  'max-station-interfaces',
  'max-vlans',
  'min-antenna-gain',
  'phy-id',
  'radio-mac',
  'rx-chains',
  'tx-chains',
];

/** The radios of the board and of the access points it controls, and what they can do. */
export function radios(root: string): MenuDefinition {
  const path = `${root}/radio`;
  return {
    path,
    kind: 'list',
    rows: 'read-only',
    fields: Object.fromEntries(FIELDS.map((name) => [name, { type: text, access: 'read-only' as const }])),
    derived: (router) => [...ownRadios(root, router), ...radiosOfAccessPoints(root, router)],
    commands: {
      'reg-info': {
        policy: 'read',
        parameters: ['.id', 'numbers', 'country', 'as-value', '.proplist'],
        run: (args, router) => {
          const shown = namedItems(args, path, router);
          const country = args.get('country');
          if (typeof country !== 'string') throw missingArgument('country');
          return { kind: 'rows', rows: shown.map(() => ({ ranges: rangesOf(country) })) };
        },
      },
      provision: {
        policy: 'write',
        parameters: ['.id', 'numbers'],
        writes: true,
        run: (args, router: RouterView) => {
          const meant = namedItems(args, path, router).map(({ values }) => values['radio-mac'] ?? '');
          provision(root, router, meant);
          return { kind: 'done' };
        },
      },
    },
  };
}

const CHANNELS_2G = '2412,2417,2422,2427,2432,2437,2442,2447,2452,2457,2462,2467,2472';
const CHANNELS_5G = '5180,5200,5220,5240,5260,5280,5300,5320,5500,5520,5540,5560,5580,5600,5620,5640,5660,5680,5700';

function ownRadios(root: string, router: RouterView): Item[] {
  return router
    .items(root)
    .filter((item) => item.values['default-name'] !== undefined)
    .map((item, index) => {
      const hardware = hardwareOf(item.values['default-name'] === 'wifi2');
      const values = {
        ...hardware,
        interface: item.values['name'] ?? '',
        local: 'true',
        'phy-id': String(index),
        'radio-mac': item.values['radio-mac'] ?? '',
      };
      return { id: `*${index + 1}`, dynamic: false, values, internal: {} };
    });
}

/** A radio that no rule wants has no interface. */
function radiosOfAccessPoints(root: string, router: RouterView): Item[] {
  return accessPointsOf(root, router).flatMap(({ number, radios: own }) =>
    own.map(({ mac, isTwoGigahertz }, index) => {
      const bound = router.items(root).find(({ values }) => values['radio-mac'] === mac);
      const values = {
        ...hardwareOf(isTwoGigahertz),
        cap: capOf(mac, root, router) ?? '',
        ...(bound ? { interface: bound.values['name'] ?? '' } : {}),
        local: 'false',
        'phy-id': String(index),
        'radio-mac': mac,
      };
      return { id: `*${(number * 16 + index).toString(16).toUpperCase()}`, dynamic: false, values, internal: {} };
    }),
  );
}

function hardwareOf(twoGigahertz: boolean): Values {
  return {
    ...(twoGigahertz ? { '2g-channels': CHANNELS_2G } : { '5g-channels': CHANNELS_5G }),
    bands: twoGigahertz
      ? '2ghz-g:20mhz,2ghz-n:20mhz,20/40mhz,2ghz-ax:20mhz,20/40mhz'
      : '5ghz-a:20mhz,5ghz-n:20mhz,20/40mhz,5ghz-ac:20mhz,20/40mhz,20/40/80mhz,5ghz-ax:20mhz,20/40mhz,20/40/80mhz',
    ciphers: 'tkip,ccmp,gcmp,ccmp-256,gcmp-256,cmac,gmac,cmac-256,gmac-256',
    countries: 'all',
    'hw-caps': 'sniffer',
    'hw-type': 'IPQ6018',
    'max-interfaces': '16',
    'max-peers': '120',
    'max-station-interfaces': '3',
    'max-vlans': '128',
    'min-antenna-gain': '0',
    'rx-chains': '0,1',
    'tx-chains': '0,1',
  };
}
