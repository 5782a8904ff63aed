import type { CommandDefinition, Field, FieldType, MenuDefinition } from '../../engine/definition.ts';
import { invalidValue } from '../../engine/router-error.ts';
import { boolean, integer, ipv4Address, text, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { demandDeviceMode } from '../system/device-mode.ts';

const SNIFFER = '/tool/sniffer';

/** Which packets are wanted; an empty text means all. */
const FILTERS = [
  'filter-cpu',
  'filter-dst-ip-address',
  'filter-dst-ipv6-address',
  'filter-dst-mac-address',
  'filter-dst-port',
  'filter-interface',
  'filter-ip-address',
  'filter-ip-protocol',
  'filter-ipv6-address',
  'filter-mac-address',
  'filter-mac-protocol',
  'filter-port',
  'filter-size',
  'filter-src-ip-address',
  'filter-src-ipv6-address',
  'filter-src-mac-address',
  'filter-src-port',
  'filter-vlan',
] as const;

const filter: Field = { type: text, default: '' };

/** Where packets are streamed to, in TZSP, when no port is given. */
const TZSP_PORT = '37008';

const udpPort = integer(0, 65_535);

/** An address and a port: `192.0.2.5:37008`. */
const streamingServer: FieldType = {
  kind: 'address',
  parse: (input, field, router) => {
    const [address = '', port = TZSP_PORT, ...more] = input.split(':');
    if (more.length > 0) throw invalidValue(field);
    return `${ipv4Address.parse(address, field, router)}:${udpPort.parse(port, field, router)}`;
  },
};

/** Records packets; what it recorded is not shown. */
export const sniffer: MenuDefinition = {
  path: SNIFFER,
  kind: 'singleton',
  noun: 'sniffer settings',
  writePolicy: 'sniff',
  fields: {
    'file-limit': { type: integer(10, 4_294_967_295), default: '1000' },
    'file-name': { type: text, default: '' },
    'filter-direction': { type: word('any', 'rx', 'tx'), default: 'any' },
    'filter-operator-between-entries': { type: word('and', 'or'), default: 'or' },
    'filter-stream': { type: boolean, default: 'false' },
    'max-packet-size': { type: integer(64, 65_535), default: '2048', since: '7.17' },
    'memory-limit': { type: integer(10, 4_294_967_295), default: '100' },
    'memory-scroll': { type: boolean, default: 'true' },
    'only-headers': { type: boolean, default: 'false' },
    'quick-rows': { type: integer(1, 1000), default: '20', since: '7.16' },
    'quick-show-frame': { type: boolean, default: 'false', since: '7.16' },
    running: computed((item) => String(item.internal['running'] === 1)),
    'streaming-enabled': { type: boolean, default: 'false' },
    'streaming-server': { type: streamingServer, default: `0.0.0.0:${TZSP_PORT}` },
    ...Object.fromEntries(FILTERS.map((name) => [name, filter])),
  },
  commands: { start: switchTo(1), stop: switchTo(0) },
  booted: (router) => {
    delete router.items(SNIFFER)[0]?.internal['running'];
  },
};

function switchTo(state: 0 | 1): CommandDefinition {
  return {
    policy: 'sniff',
    parameters: [
      'direction',
      'operator-between-entries',
      ...FILTERS.map((name) => name.replace('filter-', '')).filter((name) => name !== 'vlan'),
      'vlan-id',
    ],
    run: (_args, router) => {
      demandDeviceMode(router, 'sniffer');
      const settings = router.items(SNIFFER)[0];
      if (settings) settings.internal['running'] = state;
      return { kind: 'done' };
    },
  };
}
