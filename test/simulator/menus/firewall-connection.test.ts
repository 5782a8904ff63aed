import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

const CONNECTIONS = '/ip/firewall/connection';

test('the table holds the managers’ connections and those of the LAN', async () => {
  const router = await startLabRouter();
  const [own] = rows(await router.get(`${CONNECTIONS}?srcnat=false`));
  expect(own).toMatchObject({
    assured: 'true',
    'dst-address': '10.20.1.1:80',
    protocol: 'tcp',
    'reply-src-address': '10.20.1.1:80',
    'seen-reply': 'true',
    'src-address': expect.stringMatching(/^127\.0\.0\.1:\d+$/) as unknown,
    'tcp-state': 'established',
  });
  expect(Number(own?.['orig-bytes'])).toBeGreaterThan(0);
  expect(rows(await router.get(`${CONNECTIONS}?srcnat=true`))[0]).toMatchObject({
    'reply-dst-address': expect.stringMatching(/^10\.20\.1\.1:/) as unknown,
    'src-address': expect.stringMatching(/^192\.168\.88\./) as unknown,
  });
});

test('rows are removed and cannot be added or changed', async () => {
  const router = await startLabRouter();
  const [lan] = rows(await router.get(`${CONNECTIONS}?srcnat=true`));
  const id = lan?.['.id'] ?? '';
  expect((await router.patch(`${CONNECTIONS}/${id}`, { timeout: '1s' })).status).toBe(400);
  expect((await router.put(CONNECTIONS, { protocol: 'tcp' })).status).toBe(400);
  expect((await router.post(`${CONNECTIONS}/remove`, { '.id': id })).status).toBe(200);
  expect((await router.get(`${CONNECTIONS}/${id}`)).status).toBe(404);
  expect(await router.post(`${CONNECTIONS}/remove`, { '.id': '*FFFF' })).toMatchObject({ status: 404 });
});

test('tracking counts what it tracks, and nothing once it is off', async () => {
  const router = await startLabRouter();
  const tracking = async () => row(await router.get(`${CONNECTIONS}/tracking`));
  expect(await tracking()).toMatchObject({ 'active-ipv4': 'yes', enabled: 'auto', 'tcp-established-timeout': '1d' });
  const count = await router.post(`${CONNECTIONS}/print`, { 'count-only': '' });
  expect((await tracking())['total-entries']).toBe(row(count)['ret']);
  await router.post(`${CONNECTIONS}/tracking/set`, { 'udp-timeout': '90' });
  expect((await tracking())['udp-timeout']).toBe('1m30s');
});
