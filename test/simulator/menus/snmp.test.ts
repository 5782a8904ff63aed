import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('the agent is off, and its engine id follows the suffix', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/snmp'))).toEqual({
    contact: '',
    enabled: 'false',
    'engine-id': '80003a8c04',
    'engine-id-suffix': '',
    location: '',
    'src-address': '::',
    'trap-community': 'public',
    'trap-generators': 'temp-exception',
    'trap-interfaces': '',
    'trap-target': '',
    'trap-version': '1',
    vrf: 'main',
  });
  await router.post('/snmp/set', { 'engine-id-suffix': 'ab', contact: 'noc@example.net', enabled: 'yes' });
  expect(row(await router.get('/snmp'))).toMatchObject({ 'engine-id': '80003a8c046162', enabled: 'true' });
});

test('the community public is there and stays', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/snmp/community'))).toEqual([
    {
      '.id': '*0',
      addresses: '::/0',
      'authentication-password': '',
      'authentication-protocol': 'MD5',
      default: 'true',
      disabled: 'false',
      'encryption-password': '',
      'encryption-protocol': 'DES',
      name: 'public',
      'read-access': 'true',
      security: 'none',
      'write-access': 'false',
    },
  ]);
  expect((await router.remove('/snmp/community/public')).status).toBe(400);
  await router.patch('/snmp/community/public', { name: 'renamed' });
  expect(row(await router.get('/snmp'))['trap-community']).toBe('renamed');
});

test('passwords of a community show only to those with the policy sensitive', async () => {
  const router = await startLabRouter();
  await router.put('/snmp/community', {
    name: 'noc',
    security: 'private',
    'authentication-password': 'Yq8#kd02Lm',
    'encryption-password': 'P0x!49zTq1',
  });
  await router.put('/user/group', { name: 'blind', policy: 'read,api,rest-api' });
  await router.put('/user', { name: 'blind', group: 'blind', password: 'blind-password' });
  const seen = row(await router.as('blind', 'blind-password').get('/snmp/community/noc'));
  expect(seen).not.toHaveProperty('authentication-password');
  expect(row(await router.get('/snmp/community/noc'))['encryption-password']).toBe('P0x!49zTq1');
});

test('values that cannot be are refused', async () => {
  const router = await startLabRouter();
  const detail = async (body: Record<string, string>) =>
    (row(await router.post('/snmp/set', body)) as { detail?: string }).detail;
  expect(await detail({ 'trap-community': 'nobody' })).toBe('input does not match any value of trap-community');
  expect(await detail({ 'trap-interfaces': 'ether99' })).toBe('input does not match any value of trap-interfaces');
  expect(await detail({ 'trap-version': '4' })).toBe('value of trap-version out of range (1..3)');
  expect(await detail({ 'trap-target': 'here' })).toBe('invalid value for argument trap-target');
});
