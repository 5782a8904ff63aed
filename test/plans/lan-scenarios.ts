import fc from 'fast-check';
import type { Scenario } from './scenario.ts';

const comment = fc.constantFrom('', 'first', 'second');

export const dhcpService: Scenario = {
  wish: {
    pools: [{ name: 'guests', ranges: ['198.51.100.10-198.51.100.99'] }],
    networks: [{ address: '198.51.100.0/24', gateway: '198.51.100.1', dnsServers: ['198.51.100.1'] }],
  },
  menus: ['/ip/pool', '/ip/dhcp-server/network'],
  rows: [
    { menu: '/ip/pool', holds: { name: 'guests', ranges: '198.51.100.10-198.51.100.99' } },
    { menu: '/ip/dhcp-server/network', holds: { address: '198.51.100.0/24', gateway: '198.51.100.1' } },
  ],
  wishes: fc
    .record({ first: fc.integer({ min: 2, max: 99 }), gateway: fc.integer({ min: 100, max: 110 }) })
    .map(({ first, gateway }) => ({
      pools: [{ name: 'guests', ranges: [`198.51.100.${first}-198.51.100.99`] }],
      networks: [{ address: '198.51.100.0/24', gateway: `198.51.100.${gateway}` }],
    })),
};

export const dhcpLeases: Scenario = {
  wish: { leases: [{ macAddress: '00:1B:21:0A:0B:0C', address: '192.168.88.9', comment: 'printer' }] },
  menus: ['/ip/dhcp-server/lease'],
  rows: [
    {
      menu: '/ip/dhcp-server/lease',
      holds: { 'mac-address': '00:1B:21:0A:0B:0C', address: '192.168.88.9', comment: 'printer' },
    },
  ],
  wishes: fc
    .uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 })
    .chain((clients) => fc.tuple(...clients.map((client) => comment.map((text) => ({ client, text })))))
    .map((clients) => ({
      leases: clients.map(({ client, text }) => ({
        macAddress: `00:1B:21:0A:0B:0${client}`,
        address: `192.168.88.${client + 2}`,
        comment: text,
      })),
    })),
};

export const bridgeVlans: Scenario = {
  wish: { vlans: [{ bridge: 'bridge', vlanIds: '20', tagged: ['bridge'], comment: 'guests' }] },
  menus: ['/interface/bridge/vlan'],
  rows: [{ menu: '/interface/bridge/vlan', holds: { bridge: 'bridge', 'vlan-ids': '20', tagged: 'bridge' } }],
  wishes: fc
    .record({
      vlans: fc.uniqueArray(fc.constantFrom('20', '30-39', '40'), { minLength: 1, maxLength: 3 }),
      comment,
      igmpSnooping: fc.boolean(),
    })
    .map(({ vlans, comment: text, igmpSnooping }) => ({
      vlans: vlans.map((vlanIds) => ({ bridge: 'bridge', vlanIds, tagged: ['bridge'], comment: text })),
      bridges: [{ name: 'bridge', igmpSnooping }],
    })),
};

export const wireless: Scenario = {
  wish: { interfaces: [{ band: '2.4GHz', ssid: 'office', comment: 'of the office' }] },
  needs: '/interface/wifi',
  menus: ['/interface'],
  rows: [{ menu: '/interface/wifi', holds: { 'configuration.ssid': 'office' } }],
  wishes: fc
    .record({ ssid: fc.constantFrom('office', 'guests'), hideSsid: fc.boolean(), comment }, { requiredKeys: ['ssid'] })
    .map((settings) => ({ interfaces: [{ band: '2.4GHz', ...settings }] })),
};
