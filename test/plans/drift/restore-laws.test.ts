import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foundDrift, type FoundDrift } from '../../../shared/plans/drift/reconcile-drift.ts';
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

type Values = Record<string, string>;
/** Something that somebody does by hand; a counterexample is told by `what`. */
interface Edit {
  what: string;
  by: (router: Router) => Promise<unknown>;
}

const set = (menu: string, field: string, values: readonly string[]): fc.Arbitrary<Edit> =>
  fc.constantFrom(...values).map((value) => ({
    what: `${menu} ${field}=${value}`,
    by: (router) => router.set(menu, { [field]: value }),
  }));

const change = (menu: string, key: Values, field: string, values: readonly string[]): fc.Arbitrary<Edit> =>
  fc.constantFrom(...values).map((value) => ({
    what: `${menu} ${JSON.stringify(key)} ${field}=${value}`,
    by: (router) => router.change(menu, key, { [field]: value }),
  }));

/** A row that is there goes; one that is not there comes, with one of several values. */
const toggle = (menu: string, key: Values, others: readonly Values[]): fc.Arbitrary<Edit> =>
  fc.constantFrom(...others).map((values) => ({
    what: `${menu} ${JSON.stringify({ ...key, ...values })}`,
    by: async (router) => {
      const rows = await router.list(menu);
      const isThere = rows.some((row) => Object.entries(key).every(([field, value]) => row[field] === value));
      if (isThere) await router.remove(menu, key);
      else await router.add(menu, { ...key, ...values }, { key });
    },
  }));

const comments: readonly Values[] = [{}, { comment: 'by hand' }, { comment: 'a "b", c' }];

const edit: fc.Arbitrary<Edit> = fc.oneof(
  set('/system/identity', 'name', ['one', 'two']),
  set('/ip/dns', 'servers', ['9.9.9.9', '192.0.2.1,192.0.2.2']),
  set('/ip/dns', 'cache-size', ['2048', '4096']),
  set('/snmp', 'contact', ['olga', 'nobody, "really"']),
  set('/snmp', 'enabled', ['true', 'false']),
  toggle('/ip/firewall/address-list', { list: 'mcp-a', address: '192.0.2.1' }, comments),
  toggle('/ip/firewall/address-list', { list: 'mcp-b', address: '192.0.2.7' }, comments),
  toggle('/ip/dns/static', { name: 'a.lan' }, [{ address: '192.0.2.1' }, { address: '192.0.2.2', ttl: '1h' }]),
  toggle('/ip/dns/static', { name: 'b.lan' }, [{ address: '192.0.2.3', comment: 'by hand' }]),
  toggle('/ip/route', { 'dst-address': '198.51.100.0/24', gateway: 'bridge' }, [{}, { distance: '9' }]),
  toggle('/ip/address', { address: '198.51.100.1/24', interface: 'bridge' }, comments),
  toggle('/system/logging', { topics: 'dhcp,debug', action: 'memory' }, [{}, { prefix: 'x' }]),
  toggle('/system/logging/action', { name: 'central' }, [
    { target: 'remote', remote: '192.0.2.5' },
    { target: 'memory', 'memory-lines': '50' },
  ]),
  toggle('/ip/firewall/filter', { comment: 'convoy:no-telnet' }, [
    { chain: 'forward', action: 'drop', protocol: 'tcp', 'dst-port': '23' },
  ]),
  toggle('/ip/firewall/nat', { comment: 'by hand' }, [{ chain: 'srcnat', action: 'accept' }]),
  toggle('/ip/dhcp-server/lease', { 'mac-address': '00:1B:21:0A:0B:01' }, [
    { address: '192.168.88.11' },
    { address: '192.168.88.12', server: 'defconf' },
  ]),
  change('/interface', { name: 'ether5' }, 'comment', ['one', 'two']),
  change('/interface', { name: 'ether5' }, 'disabled', ['true', 'false']),
  change('/ip/pool', { name: 'default-dhcp' }, 'ranges', [
    '192.168.88.10-192.168.88.99',
    '192.168.88.10-192.168.88.254',
  ]),
  change('/ip/dhcp-server/network', { address: '192.168.88.0/24' }, 'domain', ['lan', 'home.arpa']),
  change('/ip/dhcp-server', { name: 'defconf' }, 'lease-time', ['30m', '1h']),
  change('/interface/bridge/port', { interface: 'ether7' }, 'pvid', ['1', '20', '30']),
  change('/interface/bridge/port', { interface: 'ether7' }, 'horizon', ['none', '1']),
  change('/interface/bridge', { name: 'bridge' }, 'igmp-snooping', ['true', 'false']),
  toggle('/interface/bridge/vlan', { bridge: 'bridge', 'vlan-ids': '20' }, [
    { tagged: 'bridge,ether2' },
    { tagged: 'bridge', untagged: 'ether3' },
  ]),
);

const exported = async (router: Router): Promise<ConfigurationMenu[]> =>
  configurationObjects(normalExport((await router.exportConfiguration({ format: 'terse' })).text).text);

const nameOf = ({ menu, objectKey, kind }: FoundDrift): string => `${menu} ${objectKey} ${kind}`;

test('whatever somebody did by hand is either put back by the plan, exactly, or named with the reason', async () => {
  const router = await openSimulatedRouter({ paths: [...PLAN_KINDS.flatMap(({ paths }) => paths), '/export', NAT] });
  const outcomes = { restored: 0, left: 0 };
  await fc.assert(
    // What the runs before left is the baseline of the next.
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
      const baseline = await exported(router);
      for (const { by } of edits) await by(router);
      const drift = foundDrift(compareConfigurations(baseline, await exported(router))).map((one, index) => ({
        ...one,
        driftId: `drf_${index}`,
      }));
      const { plan, restored, left } = restore(drift, baseline);

      const ids = [...restored, ...left.map(({ driftId }) => driftId)];
      expect(ids.toSorted(), 'each object has one fate').toEqual(drift.map(({ driftId }) => driftId).toSorted());
      for (const { reason } of left) expect(reason).toMatch(/^\S.{10,}\.$/s);
      expect(plan === null).toBe(restored.length === 0);
      if (plan !== null) {
        const kind = findPlanKind(plan.kind)!;
        const input = kind.input.parse(plan.input);
        expect(kind.refuse?.(input) ?? null).toBeNull();
        await apply(router, kind.steps(await capture(kind, router, input), input));
      }
      const still = foundDrift(compareConfigurations(baseline, await exported(router)));
      const named = drift.filter(({ driftId }) => left.some((one) => one.driftId === driftId));
      expect(still.map(nameOf).toSorted(), 'what is left is what was named').toEqual(named.map(nameOf).toSorted());
      outcomes.restored += restored.length;
      outcomes.left += left.length;
    }),
    { numRuns: 20, endOnFailure: true },
  );
  expect(outcomes.restored).toBeGreaterThan(outcomes.left);
}, 60_000);

const NAT = '/ip/firewall/nat';
