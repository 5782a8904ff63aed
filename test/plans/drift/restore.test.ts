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
import { apply, capture } from '../laws.ts';
import { openSimulatedRouter } from '../simulated-router.ts';

const exported = async (router: Router): Promise<ConfigurationMenu[]> =>
  configurationObjects(normalExport((await router.exportConfiguration({ format: 'terse' })).text).text);

const RULE = { chain: 'forward', action: 'drop', protocol: 'tcp', 'dst-port': '23' };
const MENUS = ['/ip/service', '/interface/vlan'];

/** What somebody sets up, and what somebody else does by hand afterwards. */
const STORIES: Record<
  string,
  { before?: (router: Router) => Promise<unknown>; by: (router: Router) => Promise<unknown> }
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
  'settings of SNMP': { by: (router) => router.set('/snmp', { enabled: 'true', contact: 'nobody' }) },
};

test.for(Object.keys(STORIES))('%s are put back by the plan that is proposed', async (name) => {
  const { before, by } = STORIES[name]!;
  const router = await openSimulatedRouter({
    paths: [...PLAN_KINDS.flatMap(({ paths }) => paths), '/export', ...MENUS],
  });
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
  const router = await openSimulatedRouter({
    paths: [...PLAN_KINDS.flatMap(({ paths }) => paths), '/export', ...MENUS],
  });
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
