import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesOf } from '../../shared/domain/change.ts';
import { dnsNtp } from '../../shared/plans/dns-ntp.ts';
import { findPlanKind } from '../../shared/plans/index.ts';
import { canonicalHost, notAServer } from '../../shared/routeros/addresses.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

const address = fc.oneof(fc.ipV4(), fc.ipV6()).filter((text) => notAServer(text) === null);
const hostName = fc.domain().filter((text) => canonicalHost(text) !== null);
const distinct = (server: fc.Arbitrary<string>, minLength: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(server, { minLength, maxLength: 10, selector: (text) => canonicalHost(text) });

const wish = fc
  .record(
    { dnsServers: distinct(address, 1), ntpServers: distinct(fc.oneof(address, hostName), 1) },
    { requiredKeys: [] },
  )
  .filter((input) => input.dnsServers !== undefined || input.ntpServers !== undefined);

/** What a device may hold, written the way people write it, not canonically. */
const present = fc.record({
  dns: distinct(address, 0).map((servers) => servers.join(',')),
  ntp: distinct(fc.oneof(address, hostName), 0).map((servers) => servers.join(',')),
  enabled: fc.constantFrom('true', 'false'),
});

function routerHolding({ dns, ntp, enabled }: { dns: string; ntp: string; enabled: string }): Router {
  return cannedRouter({
    '/ip/dns': { servers: dns, 'allow-remote-requests': 'false' },
    '/system/ntp/client': { servers: ntp, enabled },
  });
}

async function checkLaws(router: Router, given: Record<string, unknown>): Promise<void> {
  const input = dnsNtp.input.parse(given);
  const found = await capture(dnsNtp, router);
  const steps = dnsNtp.steps(found, input);
  await apply(router, steps);
  const once = await capture(dnsNtp, router);
  expect(dnsNtp.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await capture(dnsNtp, router), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(await capture(dnsNtp, router), 'apply then undo restores').toEqual(found);
  for (const step of steps) {
    expect(dnsNtp.paths).toContain(step.menu);
    if (step.op !== 'set') throw new Error(`${step.op} is no step of this kind`);
    expect(Object.keys(step.before)).toEqual(Object.keys(step.after));
    expect(
      changesOf([step]).map(({ key }) => key),
      'a step sets only what differs',
    ).toEqual(Object.keys(step.after));
  }
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(fc.asyncProperty(present, wish, (held, input) => checkLaws(routerHolding(held), input)));
});

test('keeps the laws on a simulated router', async () => {
  const router = await openSimulatedRouter(dnsNtp);
  const held = fc.record({
    dns: distinct(address, 0).map((servers) => servers.map((text) => canonicalHost(text)).join(',')),
    enabled: fc.constantFrom('true', 'false'),
  });
  await fc.assert(
    fc.asyncProperty(held, wish, async ({ dns, enabled }, input) => {
      await router.set('/ip/dns', { servers: dns });
      await router.set('/system/ntp/client', { enabled });
      await checkLaws(router, input);
    }),
    { numRuns: 40 },
  );
});

test('is found by its kind', () => {
  expect(findPlanKind('dns_ntp')).toBe(dnsNtp);
  expect(findPlanKind('everything')).toBeUndefined();
});

test('touches only the menu that is asked for', () => {
  const current = { dns: { servers: '' }, ntp: { servers: '', enabled: 'false' } };
  const menus = (input: Record<string, unknown>): string[] =>
    dnsNtp.steps(current, dnsNtp.input.parse(input)).map(({ menu }) => menu);
  expect(menus({ dnsServers: ['9.9.9.9'] })).toEqual(['/ip/dns']);
  expect(menus({ ntpServers: ['pool.ntp.org'] })).toEqual(['/system/ntp/client']);
  expect(menus({ dnsServers: ['9.9.9.9'], ntpServers: ['pool.ntp.org'] })).toEqual(['/ip/dns', '/system/ntp/client']);
});

test('needs one of the two lists, and no field it does not know', () => {
  expect(dnsNtp.refuse?.(dnsNtp.input.parse({}))).toBe('give dnsServers, ntpServers or both');
  expect(dnsNtp.refuse?.(dnsNtp.input.parse({ ntpServers: ['pool.ntp.org'] }))).toBeNull();
  expect(dnsNtp.input.safeParse({ dnsServers: ['9.9.9.9'], gateway: '10.0.0.1' }).success).toBe(false);
});

test.each([
  ['lab', 10, 'medium', 1],
  ['lab', 11, 'high', 1],
  ['staging', 1, 'medium', 1],
  ['prod', 1, 'high', 1],
  ['prod', 11, 'high', 2],
] as const)('in %s with %i devices the risk is %s', (environment, deviceCount, risk, reasons) => {
  const assessed = dnsNtp.risk({ environment, deviceCount }, dnsNtp.input.parse({ dnsServers: ['9.9.9.9'] }));
  expect(assessed.risk).toBe(risk);
  expect(assessed.reasons).toHaveLength(reasons);
});

test.each([
  ['lab', 10, 'low'],
  ['lab', 11, 'high'],
  ['staging', 1, 'medium'],
  ['prod', 1, 'high'],
] as const)('of time servers alone in %s on %i devices the risk is %s', (environment, deviceCount, risk) => {
  expect(dnsNtp.risk({ environment, deviceCount }, dnsNtp.input.parse({ ntpServers: ['pool.ntp.org'] })).risk).toBe(
    risk,
  );
});
