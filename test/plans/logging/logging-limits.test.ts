import { expect, test } from 'vitest';
import { logging } from '../../../shared/plans/logging.ts';
import { old, stepsFor, syslog, type Wish } from './logging-router.ts';

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
