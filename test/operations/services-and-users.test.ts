import { expect, test } from 'vitest';
import { parseVersion } from '../../shared/routeros/version.ts';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const CLOCK = { '/system/clock': { date: '2026-09-27', time: '12:00:00', 'gmt-offset': '+02:00' } };

function version(text: string) {
  const parsed = parseVersion(text);
  if (!parsed) throw new Error(`${text} is no version`);
  return parsed;
}

const SERVICES = {
  '/ip/service': [
    {
      '.id': '*7',
      address: '',
      disabled: 'false',
      dynamic: 'false',
      invalid: 'false',
      'max-sessions': '20',
      name: 'www',
      port: '80',
      proto: 'tcp',
      vrf: 'main',
    },
    {
      '.id': '*9',
      address: '10.0.0.0/8,2001:db8::/32',
      // Since 7.24.
      'available-from': 'LAN',
      certificate: 'none',
      disabled: 'true',
      dynamic: 'false',
      invalid: 'false',
      name: 'www-ssl',
      port: '443',
      proto: 'tcp',
      'tls-version': 'only-1.2',
      vrf: 'main',
    },
    { '.id': '*100', disabled: 'false', dynamic: 'true', name: 'discover', port: '5678', proto: 'udp' },
    {
      '.id': '*1F3',
      connection: 'true',
      disabled: 'false',
      dynamic: 'true',
      local: '192.168.88.1',
      name: 'www',
      port: '80',
      proto: 'tcp',
      remote: '192.168.88.10:51544',
    },
  ],
  '/ip/service/webserver': { 'rest-plain': 'false', 'rest-secure': 'true', 'webfig-plain': 'no' },
};

test('services are those that can be configured, with their open connections counted', async () => {
  const facts = { version: version('7.22.3'), hasWebserverSwitches: true };
  expect(await read('list_services', cannedRouter(SERVICES, facts))).toEqual({
    webserverOff: ['rest-plain', 'webfig-plain'],
    services: [
      {
        name: 'www',
        enabled: true,
        invalid: false,
        port: 80,
        protocol: 'tcp',
        allowedAddresses: [],
        availableFrom: null,
        certificate: null,
        tlsVersion: null,
        vrf: 'main',
        maxSessions: 20,
        openConnections: 1,
      },
      {
        name: 'www-ssl',
        enabled: false,
        invalid: false,
        port: 443,
        protocol: 'tcp',
        allowedAddresses: ['10.0.0.0/8', '2001:db8::/32'],
        availableFrom: 'LAN',
        certificate: null,
        tlsVersion: 'only-1.2',
        vrf: 'main',
        maxSessions: null,
        openConnections: 0,
      },
    ],
    total: 2,
    nextOffset: null,
  });
});

test('versions that show no connections and no switches say so', async () => {
  const [www, ssl] = SERVICES['/ip/service'];
  const router = cannedRouter({ '/ip/service': [www ?? {}, ssl ?? {}] }, { version: version('7.18.2') });
  expect(await read('list_services', router, { enabled: true })).toMatchObject({
    webserverOff: null,
    services: [{ name: 'www', openConnections: null }],
    total: 1,
  });
});

const USERS = {
  ...CLOCK,
  '/user': [
    {
      '.id': '*1',
      address: '',
      comment: 'system default user',
      disabled: 'false',
      expired: 'false',
      group: 'full',
      'last-logged-in': '2026-05-02 05:21:45',
      name: 'admin',
    },
    { '.id': '*2', address: '10.0.0.0/24', disabled: 'true', expired: 'true', group: 'read', name: 'audit' },
  ],
  '/user/group': [
    { '.id': '*1', name: 'read', policy: 'local,ssh,read,test,!ftp,!write,!policy', skin: 'default' },
    { '.id': '*3', name: 'full', policy: 'local,ssh,ftp,read,write,policy' },
  ],
  '/user/active': [
    { '.id': '*C8', address: '10.0.0.9', group: 'full', name: 'admin', via: 'rest-api' },
    { '.id': '*C9', group: 'full', name: 'admin', via: 'api' },
    { '.id': '*CA', address: '10.0.0.7', group: 'read', name: 'radius-user', radius: 'true', via: 'ssh' },
  ],
};

test('users come with their sessions, groups with what they may', async () => {
  expect(await read('list_users', cannedRouter(USERS))).toEqual({
    groups: [
      { name: 'read', policies: ['local', 'ssh', 'read', 'test'], comment: null },
      { name: 'full', policies: ['local', 'ssh', 'ftp', 'read', 'write', 'policy'], comment: null },
    ],
    activeSessions: 3,
    users: [
      {
        id: '*1',
        name: 'admin',
        group: 'full',
        enabled: true,
        passwordExpired: false,
        allowedAddresses: [],
        lastLogin: '2026-05-02T03:21:45.000Z',
        activeSessions: 2,
        comment: 'system default user',
      },
      {
        id: '*2',
        name: 'audit',
        group: 'read',
        enabled: false,
        passwordExpired: true,
        allowedAddresses: ['10.0.0.0/24'],
        lastLogin: null,
        activeSessions: 0,
        comment: null,
      },
    ],
    total: 2,
    nextOffset: null,
  });
});

test.each([
  [{ group: 'full' }, ['admin']],
  [{ enabled: false }, ['audit']],
  [{ group: 'full', enabled: false }, []],
])('users can be narrowed by %j', async (input, names) => {
  expect(await read('list_users', cannedRouter(USERS), { ...input, fields: ['name'] })).toMatchObject({
    users: names.map((name) => ({ name })),
  });
});
