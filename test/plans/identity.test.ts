import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestInput } from '../../shared/plans/digest-input.ts';
import { identity } from '../../shared/plans/identity.ts';
import { findPlanKind } from '../../shared/plans/index.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

const MENU = '/system/identity';
const DEVICE = { name: 'edge-01', tags: ['site:vienna', 'branch'] };
const wish = fc.record({ template: fc.constantFrom('{name}', '{site}-{name}', 'core.{site}', 'MikroTik') });

const named = (name: string): Router => cannedRouter({ [MENU]: { name } });

async function checkLaws(router: Router, given: { template: string }): Promise<void> {
  const input = identity.input.parse(given);
  const found = await capture(identity, router, input, DEVICE);
  const steps = identity.steps(found, input);
  await apply(router, steps);
  const once = await capture(identity, router, input, DEVICE);
  expect(identity.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await capture(identity, router, input, DEVICE), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(await capture(identity, router, input, DEVICE), 'apply then undo restores').toEqual(found);
  expect(steps.length).toBeLessThanOrEqual(1);
}

test('keeps the laws of a plan kind for whatever a device is called', async () => {
  const held = fc.oneof(fc.constantFrom('MikroTik', 'edge-01', 'vienna-edge-01'), fc.string({ minLength: 1 }));
  await fc.assert(fc.asyncProperty(held, wish, (name, input) => checkLaws(named(name), input)));
});

test('keeps the laws on a simulated router', async () => {
  const router = await openSimulatedRouter(identity);
  for (const template of ['{name}', '{site}-{name}']) await checkLaws(router, { template });
});

test('is found by its kind', () => {
  expect(findPlanKind('identity')).toBe(identity);
  expect(identity.flag).toBeUndefined();
});

test('makes the name of the registered name and the tags', async () => {
  const input = identity.input.parse({ template: 'r-{site}-{name}' });
  const current = await capture(identity, named('MikroTik'), input, DEVICE);
  expect(identity.steps(current, input)).toEqual([
    { op: 'set', menu: MENU, before: { name: 'MikroTik' }, after: { name: 'r-vienna-edge-01' } },
  ]);
});

test('the digest covers what the name is made of', async () => {
  const input = identity.input.parse({ template: 'same' });
  const textWith = async (tags: string[]): Promise<string> => {
    const captured = await capture(identity, named('same'), input, { name: 'edge-01', tags });
    return digestInput({ kind: 'identity', input, devices: [{ deviceId: 'dev_1', captured, steps: [] }] });
  };
  expect(await textWith(['a', 'b'])).toBe(await textWith(['b', 'a']));
  expect(await textWith(['a'])).not.toBe(await textWith(['b']));
});

test.each(['{name', 'name}', '{}', '{{name}}', '{Site}', '{ name }'])('takes no template %s', (template) => {
  expect(identity.refuse?.(identity.input.parse({ template }))).toBe(
    'template: "{" and "}" stand only around "name" or the key of a tag, such as {site} for "site:vienna"',
  );
});

test.each([
  ['{site}-{name}', null],
  ['router', 'template: a and b would both be called "router"'],
  ['{site}', 'template: a and c would both be called "vienna"'],
  ['{floor}-{name}', 'template: {floor} needs a tag "floor:…", missing on b, c'],
  ['{rack}-{name}', 'template: {rack} needs one tag "rack:…", of which there are several on c'],
  [`{name}${'-'.repeat(64)}`, 'template: for a the identity may have at most 64 characters'],
  [' {name}', 'template: for a the identity must not begin or end with white space'],
])('%s for three devices is refused with %s', async (template, sentence) => {
  const input = identity.input.parse({ template });
  expect(identity.refuse?.(input)).toBeNull();
  const fleet = [
    { name: 'a', tags: ['site:vienna', 'floor:1', 'rack:1'] },
    { name: 'b', tags: ['site:graz', 'rack:2'] },
    { name: 'c', tags: ['site:vienna', 'rack:3', 'rack:4'] },
  ];
  const devices = await Promise.all(
    fleet.map(async (device) => ({
      name: device.name,
      current: await capture(identity, named('MikroTik'), input, device),
    })),
  );
  expect(identity.refuseTogether?.(devices, input)).toBe(sentence);
});

test.each([
  ['lab', 10, 'low'],
  ['lab', 11, 'high'],
  ['staging', 1, 'low'],
  ['prod', 1, 'high'],
] as const)('in %s with %i devices the risk is %s', (environment, deviceCount, risk) => {
  expect(identity.risk({ environment, deviceCount }, identity.input.parse(identity.example)).risk).toBe(risk);
});
