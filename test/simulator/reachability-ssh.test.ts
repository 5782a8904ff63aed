import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { expect, onTestFinished, test } from 'vitest';
import { type LabRouter, startLabRouter, until } from './support/lab-router.ts';
import { byHand } from './support/reachability.ts';
import { exec, openSsh } from './support/ssh-client.ts';

async function login(router: LabRouter): Promise<Client> {
  const client = await openSsh(router.device);
  onTestFinished(() => void client.end());
  return client;
}

/** A promise with what is known of it so far. */
function watch<Value>(promise: Promise<Value>): { readonly settled: () => boolean; readonly promise: Promise<Value> } {
  let settled = false;
  const tracked = promise.finally(() => (settled = true));
  return { settled: () => settled, promise: tracked };
}

test('a new session waits while its packets are dropped', async () => {
  const router = await startLabRouter();
  await byHand(router, '/ip/firewall/filter/*5', { set: { disabled: 'yes' } });
  const session = watch(login(router));
  await nextTurn();
  expect(session.settled()).toBe(false);
  await byHand(router, '/ip/firewall/filter/*5', { set: { disabled: 'no' } });
  const { output } = await exec(await session.promise, ':put [/system/identity/get name]');
  expect(output.trim()).not.toBe('');
});

test('an open session lives on by the rule for established connections, and is silent without it', async () => {
  const router = await startLabRouter();
  const client = await login(router);
  await byHand(router, '/ip/firewall/filter/*5', { set: { action: 'drop' } });
  expect((await exec(client, ':put alive')).output).toBe('alive\r\n');
  await byHand(router, '/ip/firewall/filter/*1', { set: { disabled: 'yes' } });
  const journal = router.device.router.journal.entries().length;
  const command = watch(exec(client, '/system/identity/set name=later'));
  await nextTurn();
  expect([command.settled(), router.device.router.journal.entries().length]).toEqual([false, journal]);
  await byHand(router, '/ip/firewall/filter/*1', { set: { disabled: 'no' } });
  await command.promise;
  expect(router.device.router.singleton('/system/identity')['name']).toBe('later');
});

test('what a session prints after it has cut itself off arrives when the way is back', async () => {
  const router = await startLabRouter();
  const client = await login(router);
  const command = watch(exec(client, '/interface/disable ether1; :put done'));
  const isDisabled = () => router.device.router.find('/interface', 'ether1')?.values['disabled'] === 'true';
  await until(isDisabled);
  await nextTurn();
  expect(command.settled()).toBe(false);
  await byHand(router, '/interface/ether1', { set: { disabled: 'no' } });
  expect((await command.promise).output).toBe('done\r\n');
});

test('disabling the service ends its sessions', async () => {
  const router = await startLabRouter();
  const client = await login(router);
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await router.patch('/ip/service/ssh', { disabled: true });
  await ended;
  await expect(openSsh(router.device)).rejects.toThrow();
});

test('the rules count what sessions send', async () => {
  const router = await startLabRouter();
  const client = await login(router);
  await exec(client, ':put counted');
  const [open] = router.device.router.connections.list();
  await until(() => (open?.received.bytes ?? 0) > 0 && (open?.sent.bytes ?? 0) > 0);
  expect(open).toMatchObject({ service: 'ssh', destinationPort: 22, source: '127.0.0.1' });
});
