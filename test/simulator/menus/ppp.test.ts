import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('two profiles are always there', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ppp/profile'))).toMatchObject([
    { '.id': '*0', default: 'true', name: 'default', 'use-encryption': 'default' },
    { '.id': '*1', default: 'true', name: 'default-encryption', 'use-encryption': 'yes' },
  ]);
  expect((await router.remove('/ppp/profile/default')).status).toBe(400);
});

test('a profile takes addresses from pools by name', async () => {
  const router = await startLabRouter();
  const profile = { name: 'vpn', 'local-address': '10.99.0.1', 'remote-address': 'default-dhcp' };
  expect(row(await router.put('/ppp/profile', profile))).toMatchObject({ ...profile, default: 'false' });
  expect(await router.put('/ppp/profile', { name: 'x', 'remote-address': 'nowhere' })).toMatchObject({
    body: { detail: 'input does not match any value of remote-address' },
  });
});

test('passwords of secrets are for those with the policy sensitive', async () => {
  const router = await startLabRouter();
  const secret = row(await router.put('/ppp/secret', { name: 'anna', password: 'hunter2', service: 'l2tp' }));
  expect(secret).toMatchObject({ password: 'hunter2', profile: 'default', service: 'l2tp', 'limit-bytes-in': '0' });
  await router.put('/user/group', { name: 'watch', policy: 'read,api,rest-api' });
  await router.put('/user', { name: 'bob', group: 'watch', password: 'pw' });
  const [seen] = rows(await router.as('bob', 'pw').get('/ppp/secret'));
  expect(seen).toMatchObject({ name: 'anna' });
  expect(seen).not.toHaveProperty('password');
  expect(rows(await router.get('/ppp/active'))).toEqual([]);
});
