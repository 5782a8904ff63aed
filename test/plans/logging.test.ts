import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { LOG_TOPICS } from '../../shared/routeros/log-topics.ts';
import { logging } from '../../shared/plans/logging.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

type Wish = Record<string, unknown>;
type Rows = readonly RouterRecord[];

const RULES = '/system/logging';
const ACTIONS = '/system/logging/action';
const OPS = ['add', 'change', 'remove'];

const REMOTE = { remote: '0.0.0.0', 'remote-port': '514', 'syslog-facility': 'daemon' };

/** A router with 7.18 or later has formats. */
function routerWith(actions: Rows, rules: Rows, formats: RouterRecord = { 'remote-log-format': 'default' }): Router {
  return cannedRouter({
    [ACTIONS]: [
      { '.id': '*0', name: 'memory', target: 'memory', 'memory-lines': '1000', default: 'true' },
      { '.id': '*1', name: 'disk', target: 'disk', 'disk-lines-per-file': '1000', default: 'true' },
      { '.id': '*2', name: 'echo', target: 'echo', default: 'true' },
      { '.id': '*3', name: 'remote', target: 'remote', ...REMOTE, ...formats, default: 'true' },
      ...actions.map((row, index) => ({ '.id': `*${index + 4}`, ...row })),
    ],
    [RULES]: [
      { '.id': '*1', topics: 'info', action: 'memory', prefix: '', disabled: 'false', default: 'true' },
      { '.id': '*2', topics: 'critical', action: 'echo', prefix: '', disabled: 'false', default: 'true' },
      ...rules.map((row, index) => ({ '.id': `*${index + 3}`, prefix: '', disabled: 'false', ...row })),
    ],
  });
}

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

async function stepsFor(
  { actions = [], rules = [], formats }: { actions?: Rows; rules?: Rows; formats?: RouterRecord },
  wish: Wish,
): Promise<Step[]> {
  const input = logging.input.parse(wish);
  return logging.steps(await capture(logging, routerWith(actions, rules, formats), input), input);
}

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

const old = { formats: { 'bsd-syslog': 'false' } };
const syslog = { name: 'central', target: 'remote', remote: '10.20.0.5' };

test('before 7.18 the one format there is to choose is a switch', async () => {
  expect(await stepsFor(old, { actions: [{ ...syslog, format: 'bsd-syslog', protocol: 'udp' }] })).toMatchObject([
    { op: 'add', values: { 'bsd-syslog': 'true' } },
  ]);
});

const toMissing = { rules: [{ topics: ['error'], action: 'central' }] };

test.each<[Parameters<typeof stepsFor>[0], Wish, string, string]>([
  [{}, toMissing, 'DEVICE_REFERENCE_MISSING', 'The router has no logging action central.'],
  [
    {},
    { actions: [{ name: 'central' }] },
    'DEVICE_ENTRY_MISSING',
    'The router has no logging action central, and to add it the plan must give target.',
  ],
  [
    {},
    { actions: [{ name: 'central', target: 'remote' }] },
    'DEVICE_ENTRY_MISSING',
    'The router has no logging action central, and to add it the plan must give remote.',
  ],
  [
    old,
    { actions: [{ ...syslog, protocol: 'tcp' }] },
    'DEVICE_UNSUPPORTED',
    'protocol tcp of the action central needs RouterOS 7.18 or later.',
  ],
  [
    old,
    { actions: [{ ...syslog, format: 'cef' }] },
    'DEVICE_UNSUPPORTED',
    'format cef of the action central needs RouterOS 7.18 or later.',
  ],
  [
    { actions: [{ name: 'central', target: 'memory' }] },
    { actions: [{ name: 'central', remote: '10.20.0.5' }] },
    'CONFLICT',
    'The action central sends to memory, so remote cannot be set.',
  ],
  [
    { actions: [{ name: 'central', target: 'memory' }] },
    { actions: [{ name: 'central', target: 'disk' }] },
    'CONFLICT',
    'The action central sends to memory, so target cannot be set.',
  ],
  [
    { actions: [{ name: 'central', target: 'email' }] },
    { actions: [{ name: 'central', state: 'absent' }] },
    'UNSAFE_OPERATION',
    'The action central sends by email, which may hold secrets; such actions are left alone.',
  ],
  [
    { actions: [{ name: 'central', target: 'memory' }], rules: [{ topics: 'error', action: 'central' }] },
    { actions: [{ name: 'central', state: 'absent' }] },
    'UNSAFE_OPERATION',
    'The logging action central is in use by the rule for error.',
  ],
  [
    {},
    { rules: [{ topics: ['info'], action: 'memory', state: 'absent' }] },
    'UNSAFE_OPERATION',
    'The rule for info to memory is part of every router and cannot be removed.',
  ],
  [
    {
      rules: [
        { topics: 'ppp,info', action: 'memory' },
        { topics: 'info,ppp', action: 'memory' },
      ],
    },
    { rules: [{ topics: ['info', 'ppp'], action: 'memory' }] },
    'DEVICE_ENTRY_AMBIGUOUS',
    'There are 2 rules for info,ppp to memory.',
  ],
  [
    { rules: [{ topics: 'ospf', action: 'memory', regex: 'state' }] },
    { rules: [{ topics: ['ospf'], action: 'memory' }] },
    'DEVICE_ENTRY_AMBIGUOUS',
    'The rule for ospf to memory takes only lines that a pattern matches.',
  ],
])('with %j, %j is %s: %s', async (there, wish, code, message) => {
  await expect(stepsFor(there, wish)).rejects.toMatchObject({ code, message });
});

test.each<[Wish, string]>([
  [{}, 'give actions, rules or both'],
  [{ actions: [syslog, syslog] }, 'actions[1] is the same as actions[0]'],
  [
    {
      rules: [
        { topics: ['error', 'ppp'], action: 'memory' },
        { topics: ['ppp', 'error'], action: 'memory' },
      ],
    },
    'rules[1] is the same as rules[0]',
  ],
  [{ actions: [{ ...syslog, state: 'absent' }] }, 'actions[0] is removed and takes no target'],
  [
    { actions: [{ name: 'memory', state: 'absent' }] },
    'actions[0]: memory is part of every router and cannot be removed',
  ],
  [{ actions: [{ name: 'disk', target: 'remote' }] }, 'actions[0].target: disk always sends to disk'],
  [{ actions: [{ name: 'disk', diskFileName: 'x' }] }, 'actions[0].diskFileName: that of disk stays as it is'],
  [{ actions: [{ name: 'echo', memoryLines: 9 }] }, 'actions[0].memoryLines: an action that sends to echo has none'],
  [{ actions: [{ ...syslog, diskFiles: 9 }] }, 'actions[0].diskFiles: an action that sends to remote has none'],
  [{ rules: [{ topics: ['error', 'error'], action: 'memory' }] }, 'rules[0].topics: a topic is given more than once'],
  [
    { rules: [{ topics: ['error', '!error'], action: 'memory' }] },
    'rules[0].topics: error and !error together match nothing',
  ],
  [
    { actions: [{ name: 'central', state: 'absent' }], ...toMissing },
    'rules[0].action: central is removed by the same plan',
  ],
])('refuses %j', (wish, sentence) => {
  expect(logging.refuse?.(logging.input.parse(wish))).toBe(sentence);
});

test.each<[Wish, string]>([
  [{ actions: [{ ...syslog, remote: '127.0.0.1' }] }, '"127.0.0.1" is a loopback address: the router itself'],
  [{ actions: [{ ...syslog, remote: 'syslog.lan' }] }, '"syslog.lan" is not an IPv4 or IPv6 address'],
  [{ actions: [{ ...syslog, name: 'my-syslog' }] }, 'an action is named by 1 to 32 letters and digits'],
  [{ actions: [{ ...syslog, script: 'x' }] }, 'Unrecognized key: "script"'],
  [
    { rules: [{ topics: ['everything'], action: 'memory' }] },
    '"everything" is no topic of logs, such as "system", "firewall", "error" or "!debug"',
  ],
])('takes no %j', (wish, sentence) => {
  const parsed = logging.input.safeParse(wish);
  expect(parsed.error?.issues.map(({ message }) => message)).toEqual([sentence]);
});

test.each<['lab' | 'prod', number, Wish, string, string]>([
  ['lab', 10, { actions: [syslog] }, 'medium', 'what is logged, or where it is kept, changes'],
  ['lab', 11, { actions: [syslog] }, 'high', '11 devices are changed, more than 10'],
  ['prod', 1, { actions: [syslog] }, 'high', 'production devices are changed'],
  [
    'lab',
    1,
    { rules: [{ topics: ['info'], action: 'memory', enabled: false }] },
    'high',
    'rules are removed or disabled: what they kept is missing when something is looked into',
  ],
  [
    'lab',
    1,
    { actions: [{ ...syslog, remote: '203.0.113.9' }] },
    'high',
    'log lines leave to 203.0.113.9 over the internet, readable on the way',
  ],
  [
    'lab',
    1,
    { rules: [{ topics: ['dhcp', 'debug'], action: 'memory' }] },
    'high',
    'lines of debug, packet or raw may be very many, and show what traffic holds',
  ],
])('in %s on %i devices, %j is a %s risk', (environment, deviceCount, wish, risk, reason) => {
  expect(logging.risk({ environment, deviceCount }, logging.input.parse(wish))).toEqual({ risk, reasons: [reason] });
});
