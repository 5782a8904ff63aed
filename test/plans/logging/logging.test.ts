import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { LOG_TOPICS } from '../../../shared/routeros/log-topics.ts';
import { logging } from '../../../shared/plans/logging.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { apply, capture, undo } from '../laws.ts';
import { openSimulatedRouter } from '../simulated-router.ts';
import { old, REMOTE, routerWith, RULES, stepsFor, syslog, type Wish } from './logging-router.ts';

const OPS = ['add', 'change', 'remove'];

const central = fc.record(
  {
    name: fc.constant('central'),
    target: fc.constant('remote'),
    remote: fc.constantFrom('10.20.0.5', '2001:db8::5'),
    remotePort: fc.constantFrom(514, 1514),
    facility: fc.constantFrom('daemon', 'local3'),
    format: fc.constantFrom('default', 'bsd-syslog'),
    comment: fc.constantFrom('', 'noc'),
  },
  { requiredKeys: ['name', 'target', 'remote'] },
);
const spare = fc.record(
  { name: fc.constant('spare'), target: fc.constant('memory'), memoryLines: fc.constantFrom(100, 2000) },
  { requiredKeys: ['name', 'target'] },
);
const standard = fc.oneof(
  fc.record({ name: fc.constant('memory'), memoryLines: fc.constantFrom(500, 1000) }),
  fc.record({ name: fc.constant('disk'), diskLines: fc.constantFrom(500, 1000), diskFiles: fc.constantFrom(2, 5) }),
  fc.record({ name: fc.constant('remote'), remote: fc.constantFrom('10.20.0.6'), remotePort: fc.constant(5514) }),
);

const settings = { prefix: fc.constantFrom('', 'fw'), enabled: fc.boolean() };
const ruleOf = (topics: readonly string[], action: string): fc.Arbitrary<Wish> =>
  fc.oneof(
    fc.constant({ topics, action, state: 'absent' }),
    fc.record(
      { topics: fc.constant(topics), action: fc.constant(action), ...settings },
      { requiredKeys: ['topics', 'action'] },
    ),
  );
const own = ['firewall', '!debug'];

/** Either with the two actions of ours, or without them and their rules. */
const wishes: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({
    actions: fc.tuple(central, spare, standard),
    rules: fc.tuple(ruleOf(own, 'central'), ruleOf(['error'], 'spare'), ruleOf(['ntp'], 'memory')),
  }),
  fc.record({
    actions: fc.constant([
      { name: 'central', state: 'absent' },
      { name: 'spare', state: 'absent' },
    ]),
    rules: fc.tuple(
      fc.constant({ topics: own.toReversed(), action: 'central', state: 'absent' }),
      fc.constant({ topics: ['error'], action: 'spare', state: 'absent' }),
      fc.record({ topics: fc.constant(['info']), action: fc.constant('memory'), ...settings }),
    ),
  }),
);

const held = fc.record({
  actions: fc.subarray<RouterRecord>([
    { name: 'central', target: 'remote', ...REMOTE, remote: '10.0.0.1', 'remote-log-format': 'default', vrf: 'main' },
    { name: 'spare', target: 'memory', 'memory-lines': '10', comment: 'by hand' },
  ]),
  rules: fc.subarray<RouterRecord>([
    { topics: '!debug,firewall', action: 'central', prefix: 'old' },
    { topics: 'error', action: 'spare', disabled: 'true' },
    { topics: 'ntp', action: 'memory' },
    { topics: 'ospf', action: 'memory', regex: 'state', comment: 'foreign' },
  ]),
});

async function checkLaws(router: Router, given: Wish): Promise<void> {
  const input = logging.input.parse(given);
  expect(logging.refuse?.(input)).toBeNull();
  const found = await capture(logging, router, input);
  const steps = logging.steps(found, input);
  const order = steps.map(({ op }) => OPS.indexOf(op));
  expect(order, 'additions come before changes, and these before removals').toEqual(
    order.toSorted((one, other) => one - other),
  );
  await apply(router, steps);
  const once = await capture(logging, router, input);
  expect(logging.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await capture(logging, router, input), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  // All rows are captured, so this says as well that nothing foreign was touched.
  expect(withoutEmpty(await capture(logging, router, input)), 'apply then undo restores').toEqual(withoutEmpty(found));
}

/** Routers print fields that are not set as empty texts. */
function withoutEmpty(found: Wish): Wish {
  return JSON.parse(JSON.stringify(found, (_key, value: unknown) => (value === '' ? undefined : value))) as Wish;
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(
    fc.asyncProperty(held, wishes, ({ actions, rules }, input) => checkLaws(routerWith(actions, rules), input)),
  );
});

test.each(['7.12.2', '7.20.8'])('keeps the laws on a simulated router with %s', async (version) => {
  const router = await openSimulatedRouter(logging, version);
  await fc.assert(
    fc.asyncProperty(wishes, wishes, async (before, input) => {
      const parsed = logging.input.parse(before);
      await apply(router, logging.steps(await capture(logging, router, parsed), parsed));
      await checkLaws(router, input);
    }),
    { numRuns: 4 },
  );
});

test('a simulated router knows every topic, with and without "!"', async () => {
  const router = await openSimulatedRouter(logging);
  const topics = [...LOG_TOPICS].join(',');
  const key = { topics, action: 'memory' };
  await expect(router.add(RULES, key, { key })).resolves.toEqual({ outcome: 'applied' });
});

const told = (steps: readonly Step[]): string[] =>
  steps.map((step) => `${step.op} ${step.op === 'set' ? '' : Object.values(step.key).join(' to ')}`);

test('an action comes before the rule that uses it, and goes after it', async () => {
  const there = {
    actions: [{ name: 'old', target: 'memory' }],
    rules: [{ topics: 'error', action: 'old' }],
  };
  const wish = {
    actions: [
      { name: 'old', state: 'absent' },
      { name: 'new', target: 'memory' },
    ],
    rules: [
      { topics: ['error'], action: 'old', state: 'absent' },
      { topics: ['error'], action: 'new' },
    ],
  };
  expect(told(await stepsFor(there, wish))).toEqual([
    'add new',
    'add error to new',
    'remove error to old',
    'remove old',
  ]);
});

test('before 7.18 the one format there is to choose is a switch', async () => {
  expect(await stepsFor(old, { actions: [{ ...syslog, format: 'bsd-syslog', protocol: 'udp' }] })).toMatchObject([
    { op: 'add', values: { 'bsd-syslog': 'true' } },
  ]);
});
