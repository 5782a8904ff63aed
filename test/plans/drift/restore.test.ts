import { expect, test } from 'vitest';
import { foundDrift } from '../../../shared/plans/drift/reconcile-drift.ts';
import { restore } from '../../../shared/plans/drift/restore.ts';
import { findPlanKind, PLAN_KINDS } from '../../../shared/plans/index.ts';
import {
  compareConfigurations,
  configurationObjects,
  type ConfigurationMenu,
} from '../../../shared/routeros/configuration-objects.ts';
import { normalExport } from '../../../shared/routeros/normal-export.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import type { BoardKey } from '../../../simulator/boards.ts';
import { apply, capture } from '../laws.ts';
import { openSimulatedRouter } from '../simulated-router.ts';

const exported = async (router: Router): Promise<ConfigurationMenu[]> =>
  configurationObjects(normalExport((await router.exportConfiguration({ format: 'terse' })).text).text);

const RULE = { chain: 'forward', action: 'drop', protocol: 'tcp', 'dst-port': '23' };
const MENUS = ['/ip/service', '/interface/vlan'];
const PATHS = [...PLAN_KINDS.flatMap(({ paths }) => paths), '/export', ...MENUS];
const VLAN = { bridge: 'bridge', 'vlan-ids': '20' };

/** What somebody sets up, and what somebody else does by hand afterwards. */
const STORIES: Record<
  string,
  { board?: BoardKey; before?: (router: Router) => Promise<unknown>; by: (router: Router) => Promise<unknown> }
> = {
  'servers of DNS and NTP': {
    before: (router) => router.set('/ip/dns', { servers: '9.9.9.9,149.112.112.112' }),
    by: async (router) => {
      await router.set('/ip/dns', { servers: '192.0.2.1' });
      await router.set('/system/ntp/client', { servers: '192.0.2.2' });
    },
  },
  'the name': { by: (router) => router.set('/system/identity', { name: 'somebody' }) },
  'a static record': {
    before: (router) =>
      router.add('/ip/dns/static', { name: 'a.lan', address: '192.0.2.1', comment: 'one' }, { key: { name: 'a.lan' } }),
    by: async (router) => {
      await router.change('/ip/dns/static', { name: 'a.lan' }, { address: '192.0.2.9' }, ['comment']);
      await router.add('/ip/dns/static', { name: 'b.lan', address: '192.0.2.2' }, { key: { name: 'b.lan' } });
    },
  },
  'a static record that was removed': {
    before: (router) =>
      router.add('/ip/dns/static', { name: 'a.lan', address: '192.0.2.1', ttl: '1h' }, { key: { name: 'a.lan' } }),
    by: (router) => router.remove('/ip/dns/static', { name: 'a.lan' }),
  },
  routes: {
    before: async (router) => {
      for (const net of ['1', '2'])
        await router.add(
          '/ip/route',
          { 'dst-address': `198.51.${net}.0/24`, gateway: 'bridge', distance: '5', comment: `to ${net}` },
          { key: { 'dst-address': `198.51.${net}.0/24` } },
        );
    },
    by: async (router) => {
      await router.change('/ip/route', { 'dst-address': '198.51.1.0/24' }, { distance: '9', comment: 'other' });
      await router.remove('/ip/route', { 'dst-address': '198.51.2.0/24' });
      const route = { 'dst-address': '203.0.113.0/24', gateway: 'bridge' };
      await router.add('/ip/route', route, { key: route });
    },
  },
  'entries of an address list': {
    before: (router) =>
      router.add('/ip/firewall/address-list', { list: 'mcp-a', address: '192.0.2.1' }, { key: { list: 'mcp-a' } }),
    by: async (router) => {
      await router.remove('/ip/firewall/address-list', { list: 'mcp-a', address: '192.0.2.1' });
      const entry = { list: 'mcp-a', address: '192.0.2.7' };
      await router.add('/ip/firewall/address-list', entry, { key: entry });
    },
  },
  addresses: {
    by: async (router) => {
      const address = { address: '198.51.100.1/24', interface: 'bridge' };
      await router.add('/ip/address', address, { key: address });
    },
  },
  'settings of interfaces': {
    by: async (router) => {
      await router.change('/interface', { name: 'ether5' }, { disabled: 'true', comment: 'by hand' });
    },
  },
  'filter rules': {
    before: async (router) => {
      const rule = { ...RULE, comment: 'convoy:no-telnet keep out' };
      await router.add('/ip/firewall/filter', rule, { key: { comment: rule.comment } });
    },
    by: async (router) => {
      await router.change('/ip/firewall/filter', { comment: 'convoy:no-telnet keep out' }, { disabled: 'true' });
      await router.add('/ip/firewall/filter', { ...RULE, 'dst-port': '21' }, { key: { 'dst-port': '21' } });
    },
  },
  'a tagged filter rule that was removed': {
    before: async (router) => {
      const rule = { ...RULE, comment: 'convoy:no-telnet keep out' };
      await router.add('/ip/firewall/filter', rule, { key: { comment: rule.comment } });
    },
    by: (router) => router.remove('/ip/firewall/filter', { comment: 'convoy:no-telnet keep out' }),
  },
  'rules of the log': {
    by: async (router) => {
      const rule = { topics: 'dhcp,debug', action: 'memory' };
      await router.add('/system/logging', rule, { key: rule });
    },
  },
  'actions of the log': {
    before: async (router) => {
      const central = { name: 'central', target: 'remote', remote: '192.0.2.5', 'syslog-facility': 'local0' };
      await router.add('/system/logging/action', central, { key: { name: 'central' } });
      const many = { name: 'many', target: 'memory', 'memory-lines': '2000' };
      await router.add('/system/logging/action', many, { key: { name: 'many' } });
    },
    by: async (router) => {
      const now = { remote: '192.0.2.6', 'syslog-facility': 'daemon', 'remote-port': '1514' };
      await router.change('/system/logging/action', { name: 'central' }, now);
      await router.remove('/system/logging/action', { name: 'many' });
      const other = { name: 'other', target: 'memory' };
      await router.add('/system/logging/action', other, { key: { name: 'other' } });
    },
  },
  'pools, networks and servers of DHCP': {
    before: async (router) => {
      const pool = { name: 'guests', ranges: '198.51.100.10-198.51.100.99', comment: 'of guests' };
      await router.add('/ip/pool', pool, { key: { name: 'guests' } });
      const network = { address: '198.51.100.0/24', gateway: '198.51.100.1' };
      await router.add('/ip/dhcp-server/network', network, { key: { address: network.address } });
    },
    by: async (router) => {
      await router.remove('/ip/pool', { name: 'guests' });
      await router.change('/ip/pool', { name: 'default-dhcp' }, { ranges: '192.168.88.10-192.168.88.99' });
      const more = { name: 'more', ranges: '198.51.101.10-198.51.101.99' };
      await router.add('/ip/pool', more, { key: { name: 'more' } });
      const lan = { address: '192.168.88.0/24' };
      await router.change('/ip/dhcp-server/network', lan, { domain: 'lan', 'dns-server': '192.0.2.1' }, ['comment']);
      await router.change('/ip/dhcp-server', { name: 'defconf' }, { 'lease-time': '1h', disabled: 'true' });
    },
  },
  'static leases': {
    before: async (router) => {
      for (const [mac, address] of [
        ['00:1B:21:0A:0B:01', '192.168.88.11'],
        ['00:1B:21:0A:0B:02', '192.168.88.12'],
      ]) {
        const lease = { 'mac-address': mac!, address: address!, server: 'defconf', comment: 'printer' };
        await router.add('/ip/dhcp-server/lease', lease, { key: { 'mac-address': mac! } });
      }
    },
    by: async (router) => {
      await router.remove('/ip/dhcp-server/lease', { 'mac-address': '00:1B:21:0A:0B:01' });
      const now = { address: '192.168.88.13', 'block-access': 'true' };
      await router.change('/ip/dhcp-server/lease', { 'mac-address': '00:1B:21:0A:0B:02' }, now);
      const lease = { 'mac-address': '00:1B:21:0A:0B:03', address: '192.168.88.14' };
      await router.add('/ip/dhcp-server/lease', lease, { key: { 'mac-address': '00:1B:21:0A:0B:03' } });
    },
  },
  'ports of a bridge': {
    by: async (router) => {
      await router.remove('/interface/bridge/port', { interface: 'ether8' });
      const now = { pvid: '20', 'frame-types': 'admit-only-vlan-tagged', edge: 'yes' };
      await router.change('/interface/bridge/port', { interface: 'ether7' }, now, ['comment']);
    },
  },
  'VLANs and settings of a bridge': {
    before: (router) => router.add('/interface/bridge/vlan', { ...VLAN, tagged: 'bridge,ether2' }, { key: VLAN }),
    by: async (router) => {
      await router.change('/interface/bridge/vlan', VLAN, { tagged: 'bridge,ether3', untagged: 'ether4' });
      const other = { bridge: 'bridge', 'vlan-ids': '30' };
      await router.add('/interface/bridge/vlan', { ...other, tagged: 'bridge' }, { key: other });
      await router.change('/interface/bridge', { name: 'bridge' }, { 'igmp-snooping': 'true', 'ageing-time': '10m' });
    },
  },
  'networks and channels of radios': {
    board: 'hap_ax2',
    before: async (router) => {
      await router.change('/interface/wifi', { name: 'wifi2' }, { 'configuration.country': 'Latvia' });
      const values = { 'configuration.ssid': 'office', 'channel.frequency': '2437', 'channel.width': '20mhz' };
      await router.change('/interface/wifi', { name: 'wifi2' }, values);
    },
    by: async (router) => {
      const now = { 'configuration.ssid': 'hacked', 'channel.frequency': '2412', 'channel.width': '20/40mhz' };
      await router.change('/interface/wifi', { name: 'wifi2' }, { ...now, 'configuration.tx-power': '10' });
    },
  },
  'a radio of an older driver': {
    board: 'hap_ac2',
    before: (router) => router.change('/interface/wireless', { name: 'wlan1' }, { ssid: 'office', mode: 'ap-bridge' }),
    by: (router) => router.change('/interface/wireless', { name: 'wlan1' }, { ssid: 'hacked', 'hide-ssid': 'true' }),
  },
  'settings of SNMP': { by: (router) => router.set('/snmp', { enabled: 'true', contact: 'nobody' }) },
};

test.for(Object.keys(STORIES))('%s are put back by the plan that is proposed', async (name) => {
  const { board, before, by } = STORIES[name]!;
  const router = await openSimulatedRouter({ paths: PATHS }, undefined, board);
  await before?.(router);
  const baseline = await exported(router);
  await by(router);
  const drift = foundDrift(compareConfigurations(baseline, await exported(router)));
  expect(drift.length).toBeGreaterThan(0);

  const { plan, left } = restore(
    drift.map((one, index) => ({ ...one, driftId: `drf_${index}` })),
    baseline,
  );
  expect(left).toEqual([]);
  const kind = findPlanKind(plan!.kind)!;
  const input = kind.input.parse(plan!.input);
  await apply(router, kind.steps(await capture(kind, router, input), input));
  expect(compareConfigurations(baseline, await exported(router))).toEqual([]);
});

test('what no kind of plan can put back is named with the reason', async () => {
  const router = await openSimulatedRouter({ paths: PATHS });
  await router.add('/ip/firewall/filter', RULE, { key: { 'dst-port': '23' } });
  const baseline = await exported(router);
  await router.change('/ip/service', { name: 'telnet' }, { disabled: 'true' });
  await router.remove('/ip/firewall/filter', { 'dst-port': '23' });
  await router.set('/ip/dns', { 'cache-size': '4096' });
  const drift = foundDrift(compareConfigurations(baseline, await exported(router)));
  const { plan, restored, left } = restore(
    drift.map((one) => ({ ...one, driftId: one.menu })),
    baseline,
  );
  expect([plan, restored]).toEqual([null, []]);
  expect(Object.fromEntries(left.map(({ driftId, reason }) => [driftId, reason]))).toEqual({
    '/ip/service': 'no plan kind puts back objects of /ip/service from a baseline.',
    '/ip/firewall/filter': 'plan_firewall_filter adds only rules that carry its tag; add the rule by hand.',
    '/ip/dns': 'plan_dns_ntp sets the servers only, and cache-size differ.',
  });
});
