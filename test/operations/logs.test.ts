import { expect, test } from 'vitest';
import type { Router } from '../../shared/routeros/router.ts';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

function logOf(...entries: [time: string, topics: string, message: string][]): Router {
  return cannedRouter({
    '/system/clock': { date: '2026-09-27', time: '12:00:00', 'gmt-offset': '+02:00' },
    '/log': entries.map(([time, topics, message], index) => ({ '.id': `*${index + 1}`, time, topics, message })),
  });
}

async function messages(router: Router, input: Record<string, unknown>): Promise<string[]> {
  const { entries } = await read('get_recent_logs', router, input);
  return (entries as { message: string }[]).map(({ message }) => message);
}

const LOG = logOf(
  ['2026-09-26 08:00:00', 'system,info,account', 'user admin logged in'],
  ['2026-09-27 08:00:00', 'dhcp,debug,packet', 'LAN sending offer'],
  ['2026-09-27 09:00:00', 'interface,warning', 'ether2 excessive broadcasts'],
  ['2026-09-27 10:00:00', 'system,error,critical', 'login failure for user root from 203.0.113.9'],
  ['unclear', 'dns,error', 'failed to send'],
  ['2026-09-27 11:00:00', 'firewall', 'input: in:ether1'],
);

test.each([
  ['critical', ['login failure for user root from 203.0.113.9']],
  ['error', ['failed to send', 'login failure for user root from 203.0.113.9']],
  ['warning', ['failed to send', 'login failure for user root from 203.0.113.9', 'ether2 excessive broadcasts']],
])('entries at least as grave as %s are found by their topics', async (severity, expected) => {
  expect(await messages(LOG, { severity })).toEqual(expected);
});

test('an entry of no severity is as grave as output for finding faults', async () => {
  expect(await messages(LOG, { severity: 'debug', topics: ['firewall', 'dhcp'] })).toEqual([
    'input: in:ether1',
    'LAN sending offer',
  ]);
  expect(await messages(LOG, { severity: 'info', topics: ['firewall', 'dhcp'] })).toEqual([]);
});

test('part of a message is plain text, in whatever case', async () => {
  expect(await messages(LOG, { message: 'LOGIN Failure' })).toEqual(['login failure for user root from 203.0.113.9']);
  expect(await messages(LOG, { message: 'log.*' })).toEqual([]);
});

test('times are instants: the router shows those of its own zone', async () => {
  const range = { since: '2026-09-27T06:00:00Z', until: '2026-09-27T10:00:00+02:00' };
  expect(await messages(LOG, range)).toEqual(['ether2 excessive broadcasts', 'LAN sending offer']);
  expect(await messages(LOG, { ...range, until: '2026-09-27T10:00:01+02:00' })).toEqual([
    'login failure for user root from 203.0.113.9',
    'ether2 excessive broadcasts',
    'LAN sending offer',
  ]);
});

test.each([
  [{ since: 'yesterday' }, 'since'],
  [{ severity: 'grave' }, 'severity'],
  [{ message: 'x'.repeat(65) }, 'message'],
  [{ text: 'x' }, 'text'],
])('a filter that means nothing is refused: %j', async (input, named) => {
  await expect(read('get_recent_logs', LOG, input)).rejects.toThrow(named);
});

const LOGGING = {
  '/system/logging': [
    {
      '.id': '*1',
      action: 'memory',
      default: 'true',
      disabled: 'false',
      invalid: 'false',
      prefix: '',
      regex: '',
      topics: 'info,!dhcp',
    },
    {
      '.id': '*5',
      action: 'central',
      default: 'false',
      disabled: 'true',
      invalid: 'false',
      prefix: 'edge',
      topics: 'firewall',
    },
  ],
  '/system/logging/action': [
    {
      '.id': '*0',
      default: 'true',
      'memory-lines': '1000',
      'memory-stop-on-full': 'false',
      name: 'memory',
      target: 'memory',
    },
    {
      '.id': '*3',
      'bsd-syslog': 'false',
      default: 'true',
      name: 'remote',
      remote: '0.0.0.0',
      'remote-port': '514',
      'src-address': '0.0.0.0',
      'syslog-facility': 'daemon',
      target: 'remote',
    },
    {
      '.id': '*4',
      default: 'false',
      name: 'central',
      remote: '192.0.2.7',
      'remote-port': '6514',
      'remote-protocol': 'tcp',
      'src-address': '10.0.0.1',
      'syslog-facility': 'local3',
      target: 'remote',
    },
  ],
};

test('logging rules name their actions, and an action shows what is of its target', async () => {
  expect(await read('get_logging_config', cannedRouter(LOGGING))).toMatchObject({
    rules: [
      {
        id: '*1',
        topics: ['info', '!dhcp'],
        action: 'memory',
        prefix: null,
        regex: null,
        enabled: true,
        isDefault: true,
        comment: null,
      },
      { id: '*5', topics: ['firewall'], action: 'central', prefix: 'edge', enabled: false, isDefault: false },
    ],
    actions: [
      {
        name: 'memory',
        target: 'memory',
        memoryLines: 1000,
        remoteAddress: null,
        remotePort: null,
        diskFileName: null,
      },
      {
        name: 'remote',
        target: 'remote',
        remoteAddress: null,
        remotePort: 514,
        remoteProtocol: null,
        sourceAddress: null,
      },
      {
        name: 'central',
        remoteAddress: '192.0.2.7',
        remotePort: 6514,
        remoteProtocol: 'tcp',
        sourceAddress: '10.0.0.1',
      },
    ],
    total: 2,
  });
});

test('logging rules can be narrowed to those of one action', async () => {
  const answer = await read('get_logging_config', cannedRouter(LOGGING), { action: 'central' });
  expect(answer).toMatchObject({ rules: [{ id: '*5' }], total: 1 });
});
