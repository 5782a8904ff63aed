import { expect, test } from 'vitest';
import { row, startLabRouter } from '../support/lab-router.ts';

test('packets are streamed to an address and a port, the one of TZSP when none is given', async () => {
  const router = await startLabRouter();
  const server = async () => row(await router.get('/tool/sniffer'))['streaming-server'];
  const set = async (value: string) => router.post('/tool/sniffer/set', { 'streaming-server': value });
  expect(await server()).toBe('0.0.0.0:37008');
  await set('192.168.88.5');
  expect(await server()).toBe('192.168.88.5:37008');
  await set('192.168.88.5:4000');
  expect(await server()).toBe('192.168.88.5:4000');
  for (const wrong of ['192.168.88.500:4000', '192.168.88.5:70000', '192.168.88.5:1:2']) {
    expect(await set(wrong)).toMatchObject({ status: 400 });
  }
  expect(await server()).toBe('192.168.88.5:4000');
});
