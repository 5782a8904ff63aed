import { expect, test } from 'vitest';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const CLOCK = { '/system/clock': { date: '2026-09-27', time: '12:00:00', 'gmt-offset': '+02:00' } };

const CERTIFICATES = {
  ...CLOCK,
  '/certificate': [
    {
      '.id': '*1',
      authority: 'true',
      'common-name': 'MyRouter',
      'days-valid': '3650',
      'expires-after': '519w4d15h28m25s',
      fingerprint: 'ad9b'.repeat(16),
      'invalid-after': '2033-03-10 17:57:09',
      'invalid-before': '2023-03-13 17:57:09',
      'key-size': '2048',
      'key-type': 'rsa',
      name: 'root-cert',
      'private-key': 'true',
      'serial-number': '21B9F571B54195D3',
      'subject-alt-name': '',
      trusted: 'true',
    },
    {
      '.id': '*2',
      ca: 'root-cert',
      'common-name': 'edge.example',
      expired: 'true',
      fingerprint: '0f'.repeat(32),
      'invalid-after': '2026-09-26 11:59:59',
      'invalid-before': '2025-09-26 12:00:00',
      'key-size': 'prime256v1',
      'key-type': 'ec',
      name: 'edge',
      'private-key': 'true',
      revoked: '2026-01-02 03:04:05',
      'subject-alt-name': 'DNS:edge.example,IP:192.0.2.1',
      trusted: 'false',
    },
    {
      '.id': '*3',
      'common-name': 'vpn.example',
      fingerprint: 'c3'.repeat(32),
      'invalid-after': '2026-10-07 12:00:00',
      'invalid-before': '2026-07-09 12:00:00',
      issuer: "C=US,O=Let's Encrypt,CN=R13",
      'key-size': '2048',
      'key-type': 'rsa',
      name: 'vpn',
      'private-key': 'false',
      'subject-alt-name': 'DNS:vpn.example',
    },
    {
      '.id': '*4',
      'common-name': 'draft',
      'key-size': '4096',
      'key-type': 'rsa',
      name: 'template',
      'days-valid': '365',
    },
  ],
};

test('certificates say until when they hold by the clock of the router, and what it thinks of them', async () => {
  const { certificates } = await read('list_certificates', cannedRouter(CERTIFICATES));
  expect(certificates).toMatchObject([
    {
      name: 'root-cert',
      commonName: 'MyRouter',
      subjectAltNames: [],
      issuer: null,
      validFrom: '2023-03-13T15:57:09.000Z',
      validTo: '2033-03-10T15:57:09.000Z',
      daysLeft: 2356,
      keyType: 'rsa',
      keySize: '2048',
      fingerprint: 'ad9b'.repeat(16),
      serialNumber: '21B9F571B54195D3',
      hasPrivateKey: true,
      isAuthority: true,
      trusted: true,
      expired: false,
      revoked: false,
    },
    {
      name: 'edge',
      subjectAltNames: ['DNS:edge.example', 'IP:192.0.2.1'],
      issuer: 'root-cert',
      daysLeft: -2,
      keySize: 'prime256v1',
      isAuthority: false,
      trusted: false,
      expired: true,
      revoked: true,
    },
    { name: 'vpn', issuer: "C=US,O=Let's Encrypt,CN=R13", daysLeft: 10, hasPrivateKey: false, expired: false },
    { name: 'template', fingerprint: null, validTo: null, daysLeft: null, expired: false },
  ]);
});

test.each([
  [{ daysLeftAtMost: 30 }, ['edge', 'vpn']],
  [{ daysLeftAtMost: 0 }, ['edge']],
  [{ name: 'EXAMPLE' }, ['edge', 'vpn']],
  [{ name: '192.0.2.1' }, ['edge']],
])('certificates can be narrowed by %j', async (input, names) => {
  expect(await read('list_certificates', cannedRouter(CERTIFICATES), { ...input, fields: ['name'] })).toMatchObject({
    certificates: names.map((name) => ({ name })),
  });
});

const SOURCE = ':global password "hunter2"; /system/backup/save';

const SCHEDULES = {
  ...CLOCK,
  '/system/scheduler': [
    {
      '.id': '*0',
      comment: 'nightly',
      disabled: 'false',
      interval: '1d',
      name: 'backup-nightly',
      'next-run': '2026-09-28 03:00:00',
      'on-event': ' backup ',
      owner: 'admin',
      policy: 'ftp,read,write',
      'run-count': '12',
      'start-date': '2026-01-01',
      'start-time': '03:00:00',
    },
    {
      '.id': '*1',
      disabled: 'true',
      interval: '0s',
      name: 'at-boot',
      'on-event': SOURCE,
      owner: 'admin',
      policy: 'read',
      'run-count': '0',
      'start-time': 'startup',
    },
  ],
  '/system/script': [
    {
      '.id': '*1',
      'dont-require-permissions': 'false',
      invalid: 'false',
      'last-started': '2026-09-27 03:00:00',
      name: 'backup',
      owner: 'admin',
      policy: 'read,write',
      'run-count': '47',
      source: SOURCE,
    },
  ],
};

test('schedulers and scripts are told by name, size and times, never by what they say', async () => {
  const answer = await read('list_schedules', cannedRouter(SCHEDULES));
  expect(answer).toMatchObject({
    entries: [
      {
        kind: 'scheduler',
        name: 'backup-nightly',
        enabled: true,
        owner: 'admin',
        policies: ['ftp', 'read', 'write'],
        runCount: 12,
        sourceCharacters: 8,
        script: 'backup',
        intervalSeconds: 86_400,
        startsAtBoot: false,
        nextRun: '2026-09-28T01:00:00.000Z',
        lastStarted: null,
        comment: 'nightly',
      },
      {
        kind: 'scheduler',
        name: 'at-boot',
        enabled: false,
        sourceCharacters: SOURCE.length,
        script: null,
        intervalSeconds: null,
        startsAtBoot: true,
        nextRun: null,
      },
      {
        kind: 'script',
        name: 'backup',
        enabled: true,
        invalid: false,
        runCount: 47,
        sourceCharacters: SOURCE.length,
        lastStarted: '2026-09-27T01:00:00.000Z',
        nextRun: null,
      },
    ],
    total: 3,
  });
  expect(JSON.stringify(answer)).not.toContain('hunter2');
});

test.each([
  [{ kind: 'script' }, ['backup']],
  [{ name: 'BACK' }, ['backup-nightly', 'backup']],
  [{ enabled: false }, ['at-boot']],
])('schedulers and scripts can be narrowed by %j', async (input, names) => {
  expect(await read('list_schedules', cannedRouter(SCHEDULES), { ...input, fields: ['name'] })).toMatchObject({
    entries: names.map((name) => ({ name })),
  });
});
